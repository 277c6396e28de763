import { utf8 } from '../bytes.ts';
import { derive, hpkeInfo, type Partners } from './derive.ts';
import type { OperatorPrimitives } from './primitives.ts';
import type { KeyForm } from './working-key.ts';

/** The keys of one transaction, 32 bytes each: one set for all its messages, another for each transaction. */
export interface DynamicKeys {
  readonly pin: Uint8Array;
  readonly data: Uint8Array;
  readonly mac: Uint8Array;
}

export interface DynamicContext extends Partners {
  readonly epoch: number;
  /** Serial number of the key: counts the operator's transactions with this bank, never used twice. */
  readonly serial: number;
}

/** The operator's side: the keys of a new transaction; in the asymmetric form with what the bank needs for them. */
export const newDynamicKeys = async (
  primitives: OperatorPrimitives,
  form: KeyForm,
  context: DynamicContext,
  controlKey: Uint8Array,
): Promise<{ readonly keys: DynamicKeys; readonly enc?: Uint8Array }> => {
  if (form === 'symmetric') return { keys: await fromControlKey(primitives, context, controlKey) };
  const { publicKey } = await pairOf(primitives, context, controlKey);
  const sender = await primitives.hpke.send(publicKey, ...(await schedule(primitives, context, controlKey)));
  return { keys: await exported(sender), enc: sender.enc };
};

/** The bank's side. Undefined when `enc` is missing, superfluous or no point of the curve. */
export const openDynamicKeys = async (
  primitives: OperatorPrimitives,
  form: KeyForm,
  context: DynamicContext,
  controlKey: Uint8Array,
  enc: Uint8Array | undefined,
): Promise<DynamicKeys | undefined> => {
  if (form === 'symmetric') return enc ? undefined : fromControlKey(primitives, context, controlKey);
  if (!enc) return undefined;
  const { privateKey } = await pairOf(primitives, context, controlKey);
  const receiver = await primitives.hpke.receive(
    privateKey,
    enc,
    ...(await schedule(primitives, context, controlKey)),
  );
  return receiver && exported(receiver);
};

const fromControlKey = async (
  { hmac }: OperatorPrimitives,
  context: DynamicContext,
  controlKey: Uint8Array,
): Promise<DynamicKeys> => ({
  pin: await derive(hmac, controlKey, 'dynamic-pin', named(context)),
  data: await derive(hmac, controlKey, 'dynamic-data', named(context)),
  mac: await derive(hmac, controlKey, 'dynamic-mac', named(context)),
});

const pairOf = async ({ hmac, hpke }: OperatorPrimitives, context: DynamicContext, controlKey: Uint8Array) =>
  hpke.keyPair(await derive(hmac, controlKey, 'dynamic-pair', named(context)));

/** info and psk of the transaction's HPKE context. */
const schedule = async (
  { hmac }: OperatorPrimitives,
  context: DynamicContext,
  controlKey: Uint8Array,
): Promise<[info: Uint8Array, psk: Uint8Array]> => [
  await hpkeInfo(hmac, 'dynamic-pair', named(context)),
  await derive(hmac, controlKey, 'dynamic-psk', named(context)),
];

const exported = async (hpke: {
  export(label: Uint8Array, length: number): Promise<Uint8Array>;
}): Promise<DynamicKeys> => ({
  pin: await hpke.export(utf8('dynamic-pin'), 32),
  data: await hpke.export(utf8('dynamic-data'), 32),
  mac: await hpke.export(utf8('dynamic-mac'), 32),
});

const named = ({ bankId, operatorId, epoch, serial }: DynamicContext) => [bankId, operatorId, epoch, serial];
