import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import type { CardLink } from '../card-driver.ts';
import type { PcscReader } from './pcsc-binding.ts';
import { getFeatureRequest, parseFeatures, type ReaderFeatures } from './reader-features.ts';
import { readerPinPad } from './reader-pin-pad.ts';

export interface LeaseTerms {
  readonly reader: PcscReader;
  readonly atr: Uint8Array;
  readonly insertion: number;
  readonly timeoutMs: number;
  /** Why nothing more can come from this insertion of the card, as far as the driver has heard; else what was said. */
  readonly lost: (said?: Failed) => Promise<Failed | undefined>;
  /** A call outlived its limit: a thread of this process is stuck in it. */
  readonly onStuck: () => void;
  readonly onClosed: () => void;
}

/** Connects exclusively. Faults: reader-busy, no-medium, card-mute, card-timeout, reader-gone, pcsc-unavailable. */
export const leaseCard = async (terms: LeaseTerms): Promise<Result<CardLink>> => {
  const { reader, insertion, timeoutMs, lost } = terms;
  const connected = await reader.connect(timeoutMs);
  if (!connected.ok) return connected;
  const card = connected.value;
  let open = true;
  let stuck = false;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    const done = queue.then(async () => {
      if (!open) return fail('card-removed');
      if (stuck) return fail('card-timeout');
      return (await lost()) ?? work();
    });
    queue = done;
    return done;
  };

  const watch = <T>(result: Result<T>): Result<T> => {
    if (result.ok || result.fault.code !== 'card-timeout') return result;
    stuck = true;
    terms.onStuck();
    return result;
  };

  const exchange = async (command: Uint8Array, limitMs: number): Promise<Result<Uint8Array>> => {
    const answer = watch(await card.transmit(command, limitMs));
    if (!answer.ok) return (await lost(answer)) ?? answer;
    // Pulled during transmit: an empty answer and no error.
    return answer.value.length < 2
      ? ((await lost()) ?? fail('card-removed'))
      : ok(new Uint8Array(answer.value));
  };

  const atReader = async (code: number, data: Uint8Array, limitMs: number): Promise<Result<Uint8Array>> => {
    const answer = watch(await card.control(code, data, limitMs));
    // A reader may tell of keys that it then does not let be used.
    if (!answer.ok && answer.fault.code === 'card-unsupported')
      return (await lost()) ?? fail('card-unsupported', { reason: 'pin-pad' });
    if (!answer.ok) return (await lost(answer)) ?? answer;
    return answer.value.length < 2
      ? ((await lost()) ?? fail('card-removed'))
      : ok(new Uint8Array(answer.value));
  };

  const readFeatures = async (): Promise<ReaderFeatures> => {
    const answer = watch(await card.control(getFeatureRequest(), new Uint8Array(0), featuresTimeoutMs));
    return answer.ok ? parseFeatures(answer.value) : {}; // most readers know no such question
  };
  const pinPad = readerPinPad(await readFeatures(), (code, data, limitMs) =>
    inTurn(() => atReader(code, data, limitMs)),
  );

  return ok({
    reader: reader.name,
    atr: terms.atr,
    insertion,
    pinPad,
    transmit: (command, options) => inTurn(() => exchange(command, options?.timeoutMs ?? usualTimeoutMs)),
    powerCycle: () =>
      inTurn(async () => {
        const again = watch(await card.powerCycle(timeoutMs));
        return (await lost(again.ok ? undefined : again)) ?? again;
      }),
    async close() {
      if (!open) return;
      if (!stuck) await queue;
      open = false;
      if (!stuck) await card.disconnect(disconnectTimeoutMs);
      terms.onClosed();
    },
  });
};

const usualTimeoutMs = 10_000;
const disconnectTimeoutMs = 3_000;
const featuresTimeoutMs = 3_000;
