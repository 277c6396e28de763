import { afterEach, describe, expect, it } from 'vitest';
import type { Frame, FramePort } from '../../../electron/shared/contract/index.ts';

/** The two ends of one port, and the hands to misuse it with. */
export interface PortUnderTest {
  /** The station's end. */
  readonly station: FramePort;
  /** What the page's script does with `window.cardwright`. */
  readonly page: {
    seat(): Promise<unknown>;
    send(frame: unknown): Promise<void>;
    /** Starts a listener and returns its name. */
    listen(): Promise<string>;
    unlisten(name: string): Promise<void>;
    heard(name: string): Promise<unknown[]>;
    /** What a script that got hold of the raw channel would send. */
    sendRaw(text: unknown): Promise<void>;
  };
  /** Sends a well-formed frame from where no screen is: another frame, another origin. */
  readonly strangers: Readonly<Record<string, (frame: unknown) => Promise<void>>>;
  /** Waits until everything sent so far has arrived. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const call = (id: number, input: unknown = {}): Frame => ({
  kind: 'call',
  id,
  name: 'station.describe',
  input,
});

/** What every host's port has to do. `open` gives a fresh one for each test. */
export function framePortSuite(
  name: string,
  open: () => Promise<PortUnderTest>,
  strangers: readonly string[],
): void {
  describe(`frame port of ${name}`, () => {
    let port: PortUnderTest | undefined;
    const opened = async (): Promise<PortUnderTest> => (port = await open());
    afterEach(async () => {
      await port?.close();
      port = undefined;
    });

    const collect = (end: FramePort): Frame[] => {
      const frames: Frame[] = [];
      end.onFrame((frame) => frames.push(frame));
      return frames;
    };

    it('tells the page its seat', async () => {
      const { page } = await opened();
      expect(await page.seat()).toBe('officer');
    });

    it('brings frames from the page in order and whole', async () => {
      const { station, page, settle } = await opened();
      const frames = collect(station);
      const texts = ['plain', '李娜', '\u2028\u2029"\'\\</script>', '😀', 'x'.repeat(200_000), ''];
      for (const [index, text] of texts.entries()) await page.send(call(index, { text }));
      await settle();
      expect(frames).toEqual(texts.map((text, index) => call(index, { text })));
    });

    it('brings frames to the page in order and whole', async () => {
      const { station, page, settle } = await opened();
      const listener = await page.listen();
      const sent: Frame[] = Array.from({ length: 50 }, (_, index) => ({
        kind: 'event',
        name: 'runs.changed',
        payload: { index, text: index === 25 ? '王强\u2028</script>'.repeat(10_000) : `${index}` },
      }));
      for (const frame of sent) station.send(frame);
      await settle();
      expect(await page.heard(listener)).toEqual(sent);
    });

    it('stops a listener of the page that was unsubscribed, and only that one', async () => {
      const { station, page, settle } = await opened();
      const gone = await page.listen();
      const stays = await page.listen();
      await page.unlisten(gone);
      station.send({ kind: 'reply', id: 1, result: { ok: true, value: {} } });
      await settle();
      expect(await page.heard(gone)).toEqual([]);
      expect(await page.heard(stays)).toHaveLength(1);
    });

    it('stops a listener of the station that was unsubscribed, and only that one', async () => {
      const { station, page, settle } = await opened();
      const gone: Frame[] = [];
      const unsubscribe = station.onFrame((frame) => gone.push(frame));
      const stays = collect(station);
      unsubscribe();
      await page.send(call(1));
      await settle();
      expect(gone).toEqual([]);
      expect(stays).toHaveLength(1);
    });

    it.each([
      ['no JSON', 'not json'],
      ['no object', '"call"'],
      ['null', 'null'],
      ['a reply, which only the station gives', JSON.stringify({ kind: 'reply', id: 1, result: {} })],
      ['an event, which only the station gives', JSON.stringify({ kind: 'event', name: 'a', payload: {} })],
      ['an id that is no number', JSON.stringify({ ...call(1), id: '1' })],
      ['an id that is no whole number', JSON.stringify({ ...call(1), id: 1.5 })],
      ['a name that is no text', JSON.stringify({ ...call(1), name: ['station.describe'] })],
      ['a name without an end', JSON.stringify({ ...call(1), name: 'x'.repeat(101) })],
      ['more than any call needs', JSON.stringify(call(1, 'x'.repeat(1_000_001)))],
    ])('drops what is no call: %s', async (_what, text) => {
      const { station, page, settle } = await opened();
      const frames = collect(station);
      await page.sendRaw(text);
      await page.send(call(7));
      await settle();
      expect(frames).toEqual([call(7)]);
    });

    it.each(strangers)('drops what comes from %s', async (who) => {
      const { station, page, strangers: send, settle } = await opened();
      const frames = collect(station);
      await send[who]!(call(1));
      await page.send(call(7));
      await settle();
      expect(frames).toEqual([call(7)]);
    });

    it('carries only what the contract names of a frame', async () => {
      const { station, page, settle } = await opened();
      const frames = collect(station);
      await page.sendRaw(JSON.stringify({ ...call(3), role: 'manager', __proto__: { role: 'manager' } }));
      await settle();
      expect(frames).toEqual([call(3)]);
      expect(Object.keys(frames[0]!)).toEqual(['kind', 'id', 'name', 'input']);
    });
  });
}
