import { controlKeyIn } from '../../../electron/operator-platform/keys/receive-key-message.ts';
import {
  newDynamicKeys,
  openEnvelope,
  sealEnvelope,
  type Envelope,
  type EnvelopeHeader,
  type KeyForm,
} from '../../../electron/shared/codec/operator-keys/index.ts';
import {
  transferReply,
  type TransferReply,
  type TransferRequest,
} from '../../../electron/shared/operator-api/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { receiveTransaction } from '../../../electron/bank-server/operator/receive-transaction.ts';
import { li, pin, valueOf, type World } from './world.ts';

export type Step = TransferRequest['step'];

export interface Sent {
  readonly message: Envelope;
  /** The bank's step, or the code of its fault (with its reason). */
  readonly outcome: TransferReply['step'] | string;
  readonly raw: Result<Envelope>;
}

/** An operator that may also misbehave: makes any message with the right keys, in any order, with any content. */
export const craftedTransaction = async (
  world: World,
  form: KeyForm,
  serial: number,
  { epoch = 1, operatorId = 'operator-1', bankId = 'bank-1' } = {},
) => {
  const { operator, desk } = world;
  const controlKey = valueOf(await controlKeyIn(operator, operator.db, 'bank-1', epoch));
  const context = { bankId, operatorId, epoch, serial };
  const { keys, enc } = await newDynamicKeys(operator.primitives, form, context, controlKey);
  const make = async (
    number: number,
    step: unknown,
    more: { imsi?: string; phoneNumber?: string; password?: string; account?: string } = {},
    head: Partial<EnvelopeHeader> = {},
  ): Promise<Envelope> => {
    const account = more.account ?? li.account;
    const content = {
      data: { imsi: more.imsi ?? li.imsi, phoneNumber: more.phoneNumber ?? li.phoneNumber, step },
      ...(enc ? { enc } : {}),
      ...((step as Step).kind === 'payer' ? { pin: { account, digits: more.password ?? pin } } : {}),
    };
    const header = { version: 1, ...context, number, direction: 'to-bank', ...head } as const;
    return sealEnvelope(operator.primitives, keys, header, content);
  };
  const deliver = async (message: Envelope, as = 'operator-1'): Promise<Sent> => {
    const raw = await receiveTransaction(desk, as, JSON.parse(JSON.stringify(message)));
    if (!raw.ok) {
      const { code, data } = raw.fault;
      return {
        message,
        raw,
        outcome: data.reason === undefined ? code : `${code}/${String(data.reason)}`,
      };
    }
    const opened = valueOf(await openEnvelope(operator.primitives, keys, raw.value));
    return { message, raw, outcome: transferReply.parse(opened).step };
  };
  return {
    keys,
    make,
    deliver,
    send: async (...args: Parameters<typeof make>): Promise<Sent> => deliver(await make(...args)),
  };
};
