import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../electron/shared/codec/index.ts';
import {
  answerChallenge,
  bankChain,
  chainAnswer,
  chainChallenge,
  chainSuite,
  checkAnswer,
  deriveChainKeys,
  mediumChain,
  newBankChain,
  newMediumChain,
  ocra,
  openChallenge,
  parseOcraSuite,
  type BankChain,
  type ChainChallenge,
  type ChainKeys,
  type MediumChain,
  type SeedMaterial,
} from '../../../electron/shared/codec/otp-chain/index.ts';
import { nodeHmac } from './node-hmac.ts';

const material: SeedMaterial = {
  secret: new Uint8Array(32).fill(7),
  userId: 'C-1001',
  certificate: utf8('certificate'),
  mediumIdentity: '03534453',
};
const keys = await deriveChainKeys(nodeHmac, material);
const nonce = '00112233445566778899aabbccddeeff';

const open = async (chain: BankChain, text = '', expiresAt = 100) => {
  const opened = await openChallenge(nodeHmac, keys, chain, { nonce, text, expiresAt });
  if (!opened.ok) throw new Error(opened.fault.code);
  return opened.value;
};
const answer = async (chain: MediumChain, challenge: ChainChallenge, with_: ChainKeys = keys) => {
  const answered = await answerChallenge(nodeHmac, with_, chain, challenge);
  if (!answered.ok) throw new Error(answered.fault.code);
  return answered.value;
};
const start = () => ({ bank: newBankChain('chain-1', keys), medium: newMediumChain('chain-1', keys) });

/** One exchange without a loss. */
const login = async (bank: BankChain, medium: MediumChain) => {
  const opened = await open(bank);
  const answered = await answer(medium, opened.challenge);
  const checked = await checkAnswer(nodeHmac, keys, opened.chain, answered.answer, 1);
  return { bank: checked.chain, medium: answered.chain, outcome: checked.outcome, ...opened, answered };
};

describe('the keys of a chain', () => {
  it('change with every part of the seed material', async () => {
    const others: SeedMaterial[] = [
      { ...material, secret: new Uint8Array(32).fill(8) },
      { ...material, userId: 'C-1002' },
      { ...material, certificate: utf8('Certificate') },
      { ...material, mediumIdentity: '03534454' },
      { ...material, further: { imei: '1' } },
      { ...material, further: { imei: '2' } },
      { ...material, further: { imei: '1', overlay: '2' } },
      // The same bytes cut elsewhere.
      { ...material, userId: 'C-1001c', certificate: utf8('ertificate') },
    ];
    const all = [keys, ...(await Promise.all(others.map((each) => deriveChainKeys(nodeHmac, each))))];
    expect(new Set(all.map((each) => each.firstLink)).size).toBe(all.length);
    expect(new Set(all.map((each) => Buffer.from(each.otp).toString('hex'))).size).toBe(all.length);
  });

  it('do not depend on the order of further material', async () => {
    const [one, other] = await Promise.all([
      deriveChainKeys(nodeHmac, { ...material, further: { a: '1', b: '2' } }),
      deriveChainKeys(nodeHmac, { ...material, further: { b: '2', a: '1' } }),
    ]);
    expect(one).toEqual(other);
  });

  it('are four different ones', () => {
    const all = [Buffer.from(keys.otp).toString('hex'), Buffer.from(keys.bank).toString('hex')];
    expect(new Set([...all, keys.firstLink, keys.alarmLink]).size).toBe(4);
  });

  it('are not made from a short secret', async () => {
    await expect(deriveChainKeys(nodeHmac, { ...material, secret: new Uint8Array(31) })).rejects.toThrow();
  });
});

describe('a chain', () => {
  it('goes on from login to login, each OTP from the one before', async () => {
    let { bank, medium } = start();
    const otps: string[] = [];
    for (let n = 1; n <= 20; n++) {
      const done = await login(bank, medium);
      expect(done.outcome).toBe('accepted');
      ({ bank, medium } = done);
      otps.push(done.answered.answer.otp);
      expect(bank.accepted).toEqual({ serial: n, link: done.answered.answer.otp });
    }
    // The nonce was the same all the time: only the link and the serial made them differ.
    expect(new Set(otps).size).toBe(20);
    expect(bank.retired).toHaveLength(16);
  });

  it('is OCRA with OTP(n-1) as session information', async () => {
    const { bank, medium } = start();
    const first = await login(bank, medium);
    const second = await open(first.bank);
    const other = await answer(first.medium, second.challenge);
    const suite = parseOcraSuite(chainSuite);
    if (!suite.ok) throw new Error('suite');
    const { chainId, serial, accepted, text } = second.challenge;
    const question = Buffer.from(
      await nodeHmac(
        'sha256',
        utf8(nonce),
        utf8(JSON.stringify(['cardwright/otp-chain/v1', chainId, serial, accepted, nonce, text])),
      ),
    )
      .toString('hex')
      .slice(0, 32);
    const session = utf8(first.answered.answer.otp);
    expect(await ocra(nodeHmac, suite.value, keys.otp, { question, session })).toEqual({
      ok: true,
      value: other.answer.otp,
    });
  });

  it('keeps its states and messages as JSON', async () => {
    const { bank, medium } = start();
    const done = await login(bank, medium);
    const next = await open(done.bank, 'Transfer 100.00 to 6222…');
    expect(bankChain.parse(JSON.parse(JSON.stringify(next.chain)))).toEqual(next.chain);
    expect(mediumChain.parse(JSON.parse(JSON.stringify(done.medium)))).toEqual(done.medium);
    expect(chainChallenge.parse(JSON.parse(JSON.stringify(next.challenge)))).toEqual(next.challenge);
    expect(chainAnswer.parse(done.answered.answer)).toEqual(done.answered.answer);
  });

  it('refuses a challenge that was changed on the way', async () => {
    const { bank, medium } = start();
    const { challenge } = await open(bank, 'Transfer 100.00');
    const changed: ChainChallenge[] = [
      { ...challenge, text: 'Transfer 900.00' },
      { ...challenge, accepted: 1 },
      { ...challenge, serial: 2 },
      { ...challenge, chainId: 'chain-2' },
      { ...challenge, nonce: '0'.repeat(32) },
      { ...challenge, tag: '0'.repeat(64) },
    ];
    for (const each of changed)
      expect(await answerChallenge(nodeHmac, keys, medium, each)).toMatchObject({
        fault: { code: 'bank-untrusted' },
      });
  });

  it('refuses a challenge of another chain or of the past', async () => {
    const { bank, medium } = start();
    const first = await open(bank);
    const second = await open(first.chain);
    const after = await answer(medium, second.challenge);
    for (const [chain, challenge] of [
      [after.chain, first.challenge],
      [after.chain, second.challenge],
      [{ ...medium, chainId: 'chain-2' }, second.challenge],
    ] as const)
      expect(await answerChallenge(nodeHmac, keys, chain, challenge)).toMatchObject({
        fault: { code: 'challenge-unknown' },
      });
  });

  it('takes an answer once, to the newest challenge, in time', async () => {
    const { bank, medium } = start();
    const first = await open(bank);
    const early = await answer(medium, first.challenge);
    const second = await open(first.chain);
    const outcome = async (chain: BankChain, now: number, given = early.answer) =>
      (await checkAnswer(nodeHmac, keys, chain, given, now)).outcome;
    expect(await outcome(second.chain, 1)).toBe('stale');
    expect(await outcome(first.chain, 100)).toBe('stale');
    expect(await outcome(first.chain, 99, { ...early.answer, chainId: 'chain-2' })).toBe('stale');
    const done = await checkAnswer(nodeHmac, keys, first.chain, early.answer, 99);
    expect(done.outcome).toBe('accepted');
    expect(await outcome(done.chain, 99)).toBe('stale');
  });

  it('counts a wrong OTP, voids the challenge with it, and forgets the count at the next right one', async () => {
    const { bank, medium } = start();
    const opened = await open(bank);
    const { answer: right } = await answer(medium, opened.challenge);
    const otp = right.otp === '00000000' ? '00000001' : '00000000';
    const wrong = await checkAnswer(nodeHmac, keys, opened.chain, { ...right, otp }, 1);
    expect(wrong).toMatchObject({ outcome: 'wrong', chain: { failures: 1, suspended: false } });
    expect((await checkAnswer(nodeHmac, keys, wrong.chain, right, 1)).outcome).toBe('stale');
    const next = await login(wrong.chain, medium);
    expect(next).toMatchObject({ outcome: 'accepted', bank: { failures: 0 } });
  });

  it('counts a false alarm as a wrong answer, and never takes an alarm for a login', async () => {
    const { bank, medium } = start();
    const opened = await open(bank);
    const { answer: right } = await answer(medium, opened.challenge);
    const checked = await checkAnswer(nodeHmac, keys, opened.chain, { ...right, alarm: true }, 1);
    expect(checked).toMatchObject({ outcome: 'wrong', chain: { suspended: false } });
  });

  it('confirms a second OTP computed with the first as its seed (claim 6)', async () => {
    const { bank, medium } = start();
    const first = await login(bank, medium);
    const transaction = await open(first.bank, 'Pay 88.00 CNY to Wang Fang');
    const answered = await answer(first.medium, transaction.challenge);
    const other = await open(first.bank, 'Pay 99.00 CNY to Wang Fang');
    expect((await answer(first.medium, other.challenge)).answer.otp).not.toBe(answered.answer.otp);
    expect((await checkAnswer(nodeHmac, keys, transaction.chain, answered.answer, 1)).outcome).toBe(
      'accepted',
    );
    expect((await checkAnswer(nodeHmac, keys, other.chain, answered.answer, 1)).outcome).toBe('wrong');
  });

  it('is suspended when a copy that keeps silent answers from an old link', async () => {
    const { bank, medium } = start();
    const copy = medium;
    const genuine = await login(bank, medium);
    const opened = await open(genuine.bank);
    // The copy is told that its own link is the accepted one; only a thief with the keys could do that.
    const { vouch } = await import('../../../electron/shared/codec/otp-chain/chain-message.ts');
    const lie = await vouch(nodeHmac, keys, { ...opened.challenge, accepted: 0 });
    const stolen = await answer(copy, lie);
    // Its question differs too, so the OTP is only wrong; with the right question and the old link it is a fork.
    expect((await checkAnswer(nodeHmac, keys, opened.chain, stolen.answer, 1)).outcome).toBe('wrong');
    const silent = await answer(
      { ...copy, confirmed: { serial: opened.challenge.accepted, value: copy.confirmed.value } },
      opened.challenge,
    );
    expect(silent.answer.alarm).toBe(false);
    const checked = await checkAnswer(nodeHmac, keys, opened.chain, silent.answer, 1);
    expect(checked).toMatchObject({ outcome: 'forked', chain: { suspended: true } });
    expect(
      await openChallenge(nodeHmac, keys, checked.chain, { nonce, text: '', expiresAt: 9 }),
    ).toMatchObject({
      fault: { code: 'registration-inactive' },
    });
    expect((await checkAnswer(nodeHmac, keys, checked.chain, silent.answer, 1)).outcome).toBe('suspended');
  });
});
