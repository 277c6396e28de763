import graphene from 'graphene-pk11';
import { fail, ok, type Failed, type Result } from '../../../shared/result/index.ts';
import type { Signer } from '../signer.ts';
import type { MasterKey, MasterKeyAlgorithm } from '../../key-service/diversification/master-key.ts';
import { makeKeyPair, type TokenAlgorithm } from './make-key-pair.ts';
import { isReadablePublicKey, readPublicKey } from './read-public-key.ts';
import { sessionPool } from './session-pool.ts';
import { algorithmOf, isReadable, keepSecretKey, makeSecretKey, tokenMasterKey } from './token-master-key.ts';
import { tokenSigner } from './token-signer.ts';
import { unfitAttributes } from './unfit-attributes.ts';

/** Where a token is: the library of the HSM's maker, and the token in it by label or slot number. */
export interface TokenAddress {
  /** Path of the PKCS#11 library. */
  readonly module: string;
  readonly token: { readonly label: string } | { readonly slot: number };
}

/**
 * An HSM that is logged in to. The private keys in it cannot be read, also not by this program. A key is named by its
 * label (CKA_LABEL), or as `id:` and the hex digits of its CKA_ID.
 */
export interface Token {
  /** The key pair of this label. */
  signer(label: string): Result<Signer>;
  /** One that others made in the token. Fault: bank-key-unfit where it could leave, or is for more than this. */
  foundSigner(label: string): Result<Signer>;
  foundMasterKey(label: string): Result<MasterKey>;
  /** Makes a key pair in the token, never to leave it; refused when the label is taken. */
  makeKey(label: string, algorithm: TokenAlgorithm): Result<Signer>;
  /** The secret key of this label. Refused when the token would give it away, or it is of another algorithm. */
  masterKey(label: string, algorithm: MasterKeyAlgorithm): Result<MasterKey>;
  /**
   * Makes a secret key in the token, or puts the one of these bytes there: never to leave it again. Refused when
   * the label is taken.
   */
  newMasterKey(label: string, algorithm: MasterKeyAlgorithm, bytes?: Uint8Array): Result<MasterKey>;
  close(): void;
}

/** CKF_OS_LOCKING_OK (PKCS#11, 5.4): without it a library need not bear several threads. */
const OS_LOCKING_OK = 2;

/** So many may sign or derive at once. */
const SESSIONS = 4;

/**
 * Logs in to a token. The PIN is tried once, and not at all when only one try is left: that one is a
 * person's. Faults name what is wrong: 'module', 'token', 'pin', 'pin-last-try', 'pin-locked'.
 */
export const openToken = (address: TokenAddress, pin: string): Result<Token> => {
  const refuse = (reason: string): Failed => fail('bank-keys-damaged', { file: 'pkcs11', reason });
  let module: graphene.Module;
  try {
    module = graphene.Module.load(address.module, 'hsm');
    // Sessions sign on threads of their own. Again in the same process: no error.
    module.initialize({ flags: OS_LOCKING_OK });
  } catch {
    return refuse('module');
  }
  const slot = findSlot(module, address);
  if (slot === undefined) return refuse('token');
  const { flags } = slot.getToken();
  if ((flags & graphene.TokenFlag.USER_PIN_LOCKED) !== 0) return refuse('pin-locked');
  if ((flags & graphene.TokenFlag.USER_PIN_FINAL_TRY) !== 0) return refuse('pin-last-try');
  const sessions: graphene.Session[] = [];
  try {
    for (let each = 0; each < SESSIONS; each += 1)
      sessions.push(slot.open(graphene.SessionFlag.SERIAL_SESSION | graphene.SessionFlag.RW_SESSION));
    // One login is for all sessions of this process (PKCS#11, 5.6.8).
    sessions[0]?.login(pin);
  } catch (error) {
    if (!isLoggedIn(error)) {
      for (const session of sessions) session.close();
      return refuse('pin');
    }
  }
  const [first] = sessions;
  if (first === undefined) return refuse('token');

  const pool = sessionPool(sessions);

  const signer = (label: string): Result<Signer> => {
    const privateKey = findKey(first, label, graphene.ObjectClass.PRIVATE_KEY);
    const publicKey = findKey(first, label, graphene.ObjectClass.PUBLIC_KEY);
    if (privateKey === undefined || publicKey === undefined)
      return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'key', label });
    return ok(tokenSigner(pool, privateKey, readPublicKey(publicKey)));
  };
  const foundSigner: Token['foundSigner'] = (label) => {
    const privateKey = findKey(first, label, graphene.ObjectClass.PRIVATE_KEY);
    const publicKey = findKey(first, label, graphene.ObjectClass.PUBLIC_KEY);
    if (privateKey === undefined || publicKey === undefined)
      return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'key', label });
    const flaws = unfitAttributes(privateKey, 'issuing');
    if (flaws.length > 0) return unfit(label, flaws);
    return isReadablePublicKey(publicKey) ? signer(label) : unfit(label, ['CKA_KEY_TYPE']);
  };
  const masterKey: Token['masterKey'] = (label, algorithm) => {
    const key = findKey(first, label, graphene.ObjectClass.SECRET_KEY);
    if (key === undefined) return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'key', label });
    if (isReadable(key)) return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'readable', label });
    if (algorithmOf(key) !== algorithm)
      return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'algorithm', label });
    return ok(tokenMasterKey(pool, key, algorithm));
  };
  const foundMasterKey: Token['foundMasterKey'] = (label) => {
    const key = findKey(first, label, graphene.ObjectClass.SECRET_KEY);
    if (key === undefined) return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'key', label });
    const flaws = unfitAttributes(key, 'master');
    if (flaws.length > 0) return unfit(label, flaws);
    const algorithm = algorithmOf(key);
    return algorithm === undefined ? unfit(label, ['CKA_KEY_TYPE']) : masterKey(label, algorithm);
  };
  return ok({
    signer,
    foundSigner,
    masterKey,
    foundMasterKey,
    newMasterKey(label, algorithm, bytes) {
      if (first.find({ class: graphene.ObjectClass.SECRET_KEY, label }).length > 0)
        return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'label-taken', label });
      if (bytes === undefined) makeSecretKey(first, label, algorithm);
      else keepSecretKey(first, label, algorithm, bytes);
      return masterKey(label, algorithm);
    },
    makeKey(label, algorithm) {
      if (findKey(first, label, graphene.ObjectClass.PRIVATE_KEY) !== undefined)
        return fail('bank-keys-damaged', { file: 'pkcs11', reason: 'label-taken', label });
      makeKeyPair(first, label, algorithm);
      return signer(label);
    },
    close() {
      for (const session of sessions.splice(0)) session.close();
    },
  });
};

const findSlot = (module: graphene.Module, { token }: TokenAddress): graphene.Slot | undefined => {
  const slots = module.getSlots(true);
  for (let at = 0; at < slots.length; at += 1) {
    const slot = slots.items(at);
    const wanted =
      'slot' in token
        ? slot.handle.readUInt32LE(0) === token.slot
        : slot.getToken().label.trimEnd() === token.label;
    if (wanted) return slot;
  }
  return undefined;
};

const unfit = (label: string, attributes: readonly string[]): Failed =>
  fail('bank-key-unfit', { label, attributes: attributes.join(', ') });

const findKey = (
  session: graphene.Session,
  name: string,
  objectClass: graphene.ObjectClass,
): graphene.Key | undefined => {
  const [, id] = /^id:((?:[0-9a-f]{2})+)$/.exec(name) ?? [];
  const found = session.find({
    class: objectClass,
    ...(id === undefined ? { label: name } : { id: Buffer.from(id, 'hex') }),
  });
  return found.length === 1 ? found.items(0).toType<graphene.Key>() : undefined;
};

const isLoggedIn = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('CKR_USER_ALREADY_LOGGED_IN');
