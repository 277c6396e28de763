import { fail, ok, type Result } from '../../result/index.ts';
import { parseBase64, toBase64 } from '../base64.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { toHex } from '../hex.ts';
import { derive, hpkeInfo, type Partners } from './derive.ts';
import type { OperatorPrimitives } from './primitives.ts';
import { sealedBox, type SealedBox } from './sealed-box.ts';

/** Working and dynamic keys may be symmetric, or key pairs (SYSTEMS.md, S3). */
export type KeyForm = 'symmetric' | 'asymmetric';

/** Wraps what the bank sends to the operator. The bank needs no `privateKey`, the operator no `publicKey`. */
export interface WorkingKey {
  /** 32 bytes; in the asymmetric form the pre-shared key beside the pair. */
  readonly secret: Uint8Array;
  readonly publicKey?: Uint8Array;
  readonly privateKey?: Uint8Array;
}

/** The key that wraps the first seeds, before there is a working key. */
export const staticWorkingKey = (staticKey: Uint8Array): WorkingKey => ({ secret: staticKey });

/**
 * The working key of an epoch from its two seeds of 32 bytes, in the order of their parts. Neither employee
 * can know it alone.
 */
export const deriveWorkingKey = async (
  { hmac, hpke }: OperatorPrimitives,
  form: KeyForm,
  { bankId, operatorId }: Partners,
  epoch: number,
  seeds: readonly [Uint8Array, Uint8Array],
): Promise<WorkingKey> => {
  const both = concatBytes(...seeds);
  const context = [bankId, operatorId, epoch];
  const secret = await derive(hmac, both, 'working', context);
  if (form === 'symmetric') return { secret };
  return { secret, ...(await hpke.keyPair(await derive(hmac, both, 'working-pair', context))) };
};

/** 8 bytes, hex: do both sides have the same working key? Says nothing about the key. */
export const workingCheck = async (
  { hmac }: OperatorPrimitives,
  { bankId, operatorId }: Partners,
  epoch: number,
  key: WorkingKey,
): Promise<string> => toHex(await derive(hmac, key.secret, 'working-check', [bankId, operatorId, epoch], 8));

/** What a wrapped key is for; changing any of it makes the box unreadable. */
export interface WrapContext extends Partners {
  readonly epoch: number;
  readonly purpose: 'seed-1' | 'seed-2' | 'control-key';
}

/** Wraps 32 bytes for the operator: AES-256-GCM, or HPKE to the working pair. */
export const wrapKey = async (
  primitives: OperatorPrimitives,
  under: WorkingKey,
  context: WrapContext,
  key: Uint8Array,
): Promise<SealedBox> => {
  const named = contextOf(context);
  const aad = utf8(JSON.stringify(named));
  if (under.publicKey === undefined) {
    const wrapping = await derive(primitives.hmac, under.secret, 'wrap', named);
    const nonce = primitives.random(12);
    return sealedBox.write({ nonce, ciphertext: primitives.seal(wrapping, nonce, key, aad) });
  }
  const psk = await derive(primitives.hmac, under.secret, 'wrap-psk', named);
  const info = await hpkeInfo(primitives.hmac, 'wrap', named);
  const sender = await primitives.hpke.send(under.publicKey, info, psk);
  return { enc: toBase64(sender.enc), nonce: '', ciphertext: toBase64(await sender.seal(aad, key)) };
};

/** Fault: operator-message-unreadable. */
export const unwrapKey = async (
  primitives: OperatorPrimitives,
  under: WorkingKey,
  context: WrapContext,
  box: SealedBox,
): Promise<Result<Uint8Array>> => {
  const named = contextOf(context);
  const aad = utf8(JSON.stringify(named));
  if (under.privateKey === undefined) {
    if (box.enc !== undefined) return unreadable();
    const read = sealedBox.read(box);
    if (!read.ok) return read;
    const wrapping = await derive(primitives.hmac, under.secret, 'wrap', named);
    const key = primitives.open(wrapping, read.value.nonce, read.value.ciphertext, aad);
    return key?.length === 32 ? ok(key) : unreadable();
  }
  const [enc, ciphertext] = [parseBase64(box.enc ?? ''), parseBase64(box.ciphertext)];
  if (!enc.ok || !ciphertext.ok) return unreadable();
  const psk = await derive(primitives.hmac, under.secret, 'wrap-psk', named);
  const info = await hpkeInfo(primitives.hmac, 'wrap', named);
  const receiver = await primitives.hpke.receive(under.privateKey, enc.value, info, psk);
  const key = await receiver?.open(aad, ciphertext.value);
  return key?.length === 32 ? ok(key) : unreadable();
};

/** 32 bytes, hex: the operator has this epoch's control key. */
export const controlProof = async (
  { hmac }: OperatorPrimitives,
  { bankId, operatorId }: Partners,
  epoch: number,
  controlKey: Uint8Array,
): Promise<string> => toHex(await derive(hmac, controlKey, 'control-proof', [bankId, operatorId, epoch]));

const contextOf = ({ bankId, operatorId, epoch, purpose }: WrapContext) => [
  bankId,
  operatorId,
  epoch,
  purpose,
];

const unreadable = () => fail('operator-message-unreadable');
