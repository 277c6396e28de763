import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  commandChaining,
  getResponse,
  linkPipe,
  openPipe,
  redactedTrace,
  type ApduTrace,
  type ByteLink,
} from '../../../native/pipe/index.ts';

/** A card that answers by list and remembers what it was sent. */
const scriptedLink = (...answers: (string | Result<Uint8Array>)[]): ByteLink & { sent: string[] } => {
  const sent: string[] = [];
  return {
    sent,
    async transmit(command) {
      sent.push(toHex(command));
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`Not expected: ${toHex(command)}`);
      return typeof answer === 'string' ? ok(fromHex(answer)) : answer;
    },
  };
};

const getData = { cla: 0, ins: 0xcb, p1: 0x3f, p2: 0xff, data: fromHex('5c035fc102'), le: 256 };

describe('link pipe', () => {
  it.each(['', '90'])('takes an answer of %j for a card that was pulled', async (answer) => {
    expect(await linkPipe(scriptedLink(answer)).send(getData)).toEqual(fail('card-removed'));
  });
  it('hands the fault of the link on', async () => {
    expect(await linkPipe(scriptedLink(fail('card-timeout'))).send(getData)).toEqual(fail('card-timeout'));
  });
  it('passes the time limit down', async () => {
    let seen: number | undefined;
    const link: ByteLink = {
      async transmit(_command, options) {
        seen = options?.timeoutMs;
        return ok(fromHex('9000'));
      },
    };
    await openPipe(link).send(getData, { timeoutMs: 1234 });
    expect(seen).toBe(1234);
  });
});

describe('GET RESPONSE', () => {
  it('collects the pieces', async () => {
    const link = scriptedLink('01026102', '03046100', '059000');
    expect(await getResponse(linkPipe(link)).send(getData)).toEqual(
      ok({ data: fromHex('0102030405'), sw: 0x9000 }),
    );
    expect(link.sent).toEqual(['00cb3fff055c035fc10200', '00c0000002', '00c0000000']);
  });
  it('repeats once with the length the card wants', async () => {
    const link = scriptedLink('6c03', '6c04', '0102039000');
    expect(await getResponse(linkPipe(link)).send(getData)).toEqual(
      ok({ data: new Uint8Array(0), sw: 0x6c04 }),
    );
    expect(link.sent).toEqual(['00cb3fff055c035fc10200', '00cb3fff055c035fc10203']);
  });
  it.each([0x20, 0x24, 0x2c])('never repeats a PIN command (%i)', async (ins) => {
    const link = scriptedLink('6c08');
    await getResponse(linkPipe(link)).send({ cla: 0, ins, p1: 0, p2: 0x80, data: fromHex('31') });
    expect(link.sent).toHaveLength(1);
  });
  it('gives up on a card that promises more and brings nothing', async () => {
    expect(await getResponse(linkPipe(scriptedLink('6105', '6105'))).send(getData)).toMatchObject({
      ok: false,
      fault: { code: 'card-bad-answer' },
    });
  });
  it('gives up on a card that never ends', async () => {
    const link: ByteLink = { transmit: async () => ok(fromHex('ff6101')) };
    expect(await getResponse(linkPipe(link)).send(getData)).toMatchObject({
      ok: false,
      fault: { code: 'card-bad-answer' },
    });
  });
  it('tells when the card goes in the middle', async () => {
    expect(await getResponse(linkPipe(scriptedLink('016101', ''))).send(getData)).toEqual(
      fail('card-removed'),
    );
  });
});

describe('command chaining', () => {
  const long = { cla: 0, ins: 0xdb, p1: 0x3f, p2: 0xff, data: new Uint8Array(600).fill(0x41), le: 65536 };
  it('cuts pieces of 255 bytes; only the last one asks for an answer', async () => {
    const link = scriptedLink('9000', '9000', '9000');
    await commandChaining(linkPipe(link)).send(long);
    expect(link.sent.map((hex) => hex.slice(0, 10))).toEqual(['10db3fffff', '10db3fffff', '00db3fff5a']);
    expect(link.sent.map((hex) => hex.length / 2)).toEqual([260, 260, 5 + 90 + 1]);
  });
  it('leaves 255 bytes in one piece', async () => {
    const link = scriptedLink('9000');
    await commandChaining(linkPipe(link)).send({ ...long, data: new Uint8Array(255) });
    expect(link.sent).toHaveLength(1);
  });
  it('stops at the first refusal', async () => {
    const link = scriptedLink('9000', '6982');
    expect(await commandChaining(linkPipe(link)).send(long)).toEqual(
      ok({ data: new Uint8Array(0), sw: 0x6982 }),
    );
    expect(link.sent).toHaveLength(2);
  });
  it('works with long answers to long commands', async () => {
    const link = scriptedLink('9000', '9000', '016101', '029000');
    expect(await openPipe(link).send(long)).toEqual(ok({ data: fromHex('0102'), sw: 0x9000 }));
  });
});

describe('redacted trace', () => {
  const traceOf = async (
    hex: { ins: number; p1?: number; p2?: number; cla?: number },
    data: string,
    answer: string,
  ) => {
    const seen: ApduTrace[] = [];
    await redactedTrace(linkPipe(scriptedLink(answer)), (trace) => seen.push(trace)).send({
      cla: 0,
      p1: 0,
      p2: 0,
      ...hex,
      data: fromHex(data),
    });
    return seen;
  };
  it('shows SELECT and a public object', async () => {
    expect(await traceOf({ ins: 0xa4, p1: 4 }, 'a000000308', '61029000')).toMatchObject([
      { direction: 'command', header: '00a40400', dataLength: 5, data: 'a000000308' },
      { direction: 'response', header: '00a40400', dataLength: 2, data: '6102', sw: '9000' },
    ]);
    expect((await traceOf({ ins: 0xcb, p1: 0x3f, p2: 0xff }, '5c035fc102', '539000'))[1]?.data).toBe('53');
  });
  it.each([
    ['VERIFY', { ins: 0x20, p2: 0x80 }, '313233343536ffff'],
    ['VERIFY in a chain', { cla: 0x10, ins: 0x20, p2: 0x80 }, '313233343536ffff'],
    ['CHANGE', { ins: 0x24, p2: 0x80 }, '313233343536ffff363534333231ffff'],
    ['RESET RETRY', { ins: 0x2c, p2: 0x80 }, '313233343536ffff363534333231ffff'],
    ['GENERAL AUTHENTICATE', { ins: 0x87, p2: 0x9b }, '7c028000'],
    ['PUT DATA', { ins: 0xdb, p1: 0x3f, p2: 0xff }, '5c035fc1025300'],
    ['SET MANAGEMENT KEY', { ins: 0xff, p1: 0xff, p2: 0xff }, '039b18'],
    ['PUT KEY', { cla: 0x80, ins: 0xd8 }, '0180108baf473f2f8fd094'],
    ['user info', { ins: 0xcb, p1: 0x3f, p2: 0xff }, '5c035fff12'],
    ['printed information', { ins: 0xcb, p1: 0x3f, p2: 0xff }, '5c035fc109'],
    ['secure messaging', { cla: 0x0c, ins: 0xa4 }, '8700'],
    ['secured GlobalPlatform', { cla: 0x84, ins: 0xa4 }, '8700'],
  ])('hides %s', async (_, header, data) => {
    const seen = await traceOf(header, data, 'aabbcc9000');
    expect(seen.map((trace) => trace.data)).toEqual([undefined, undefined]);
    expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${data}|aabbcc`));
    expect(seen[0]?.dataLength).toBe(data.length / 2);
  });
  it('lets GET RESPONSE show no more than the command before it', async () => {
    const seen: ApduTrace[] = [];
    const trace = (one: ApduTrace) => seen.push(one);
    await openPipe(scriptedLink('6102', 'aabb9000'), { trace }).send({ cla: 0, ins: 0x87, p1: 7, p2: 0x9a });
    await openPipe(scriptedLink('6102', 'aabb9000'), { trace }).send(getData);
    expect(seen.filter((one) => one.data === 'aabb')).toHaveLength(1);
    expect(seen).toHaveLength(8);
  });
  it('names the fault when no answer came', async () => {
    const seen: ApduTrace[] = [];
    await openPipe(scriptedLink(fail('reader-gone')), { trace: (one) => seen.push(one) }).send(getData);
    expect(seen[1]).toMatchObject({ direction: 'response', fault: 'reader-gone' });
    expect(seen[1]?.sw).toBeUndefined();
  });
});
