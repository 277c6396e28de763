import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import type { CardLink } from '../card-driver.ts';
import { callBinding } from './call-binding.ts';
import { pcscFault } from './pcsc-fault.ts';
import {
  SCARD_PROTOCOL_T0_OR_T1,
  SCARD_SHARE_EXCLUSIVE,
  SCARD_UNPOWER_CARD,
  type PcscReader,
} from './pcsclite-binding.ts';

export interface LeaseTerms {
  readonly reader: PcscReader;
  readonly atr: Uint8Array;
  readonly insertion: number;
  readonly timeoutMs: number;
  /** Why nothing more can come from this insertion of the card, as far as the driver has heard. */
  readonly lost: () => Failed | undefined;
  /** A call outlived its limit: a thread of this process is stuck in it. */
  readonly onStuck: () => void;
  readonly onClosed: () => void;
}

/** Connects exclusively. Faults: reader-busy, no-medium, card-mute, card-timeout, reader-gone, pcsc-unavailable. */
export const leaseCard = async (terms: LeaseTerms): Promise<Result<CardLink>> => {
  const { reader, insertion, lost } = terms;
  const connected = await connectExclusively(terms);
  if (!connected.ok) return connected;
  let protocol = connected.value;
  let open = true;
  let stuck = false;
  let queue: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
    const done = queue.then(async () => {
      if (!open) return fail('card-removed');
      if (stuck) return fail('card-timeout');
      return lost() ?? work();
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

  const exchange = async (command: Uint8Array, timeoutMs: number): Promise<Result<Uint8Array>> => {
    const answer = watch(
      await callBinding<Uint8Array>(
        timeoutMs,
        (done) => reader.transmit(Buffer.from(command), longestAnswer, protocol, done),
        (error) => pcscFault(error, reader.name, 'card-removed'),
      ),
    );
    if (!answer.ok) return lost() ?? answer;
    // Pulled during transmit: an empty answer and no error.
    return answer.value.length < 2 ? (lost() ?? fail('card-removed')) : ok(new Uint8Array(answer.value));
  };

  return ok({
    reader: reader.name,
    atr: terms.atr,
    insertion,
    transmit: (command, options) => inTurn(() => exchange(command, options?.timeoutMs ?? usualTimeoutMs)),
    powerCycle: () =>
      inTurn(async () => {
        // The binding has no SCardReconnect: power goes with the connection and comes with the next.
        await disconnect(reader);
        const again = watch(await connectExclusively(terms));
        if (!again.ok) return lost() ?? again;
        protocol = again.value;
        return lost() ?? ok();
      }),
    async close() {
      if (!open) return;
      if (!stuck) await queue;
      open = false;
      if (!stuck) await disconnect(reader);
      terms.onClosed();
    },
  });
};

const connectExclusively = ({ reader, timeoutMs }: LeaseTerms): Promise<Result<number>> => {
  // Left true by a card that was pulled, and then connecting would do nothing.
  reader.connected = false;
  return callBinding<number>(
    timeoutMs,
    (done) => reader.connect({ share_mode: SCARD_SHARE_EXCLUSIVE, protocol: SCARD_PROTOCOL_T0_OR_T1 }, done),
    (error) => pcscFault(error, reader.name, 'card-mute'),
    () => void disconnect(reader), // nobody waits for this connection any more
  );
};

/** Power off; a card that is gone is as good as disconnected. */
const disconnect = async (reader: PcscReader): Promise<void> => {
  await callBinding<undefined>(
    disconnectTimeoutMs,
    (done) => reader.disconnect(SCARD_UNPOWER_CARD, (error) => done(error, undefined)),
    (error) => pcscFault(error, reader.name, 'card-removed'),
  );
};

const usualTimeoutMs = 10_000;
const disconnectTimeoutMs = 3_000;
/** The longest extended answer, with its status word. */
const longestAnswer = 65_538;
