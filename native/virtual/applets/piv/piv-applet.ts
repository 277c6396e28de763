import { randomBytes } from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  equalBytes,
  findTlv,
  fromHex,
  parseTlvs,
  toHex,
  unwrapTlv,
  type CommandApdu,
  type ResponseApdu,
} from '../../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applet.ts';
import { attestationOf } from './attestation.ts';
import { blockCipher, type BlockCipher } from './block-cipher.ts';
import { generatePrivateKey, publicTemplate } from './private-key.ts';
import { usePrivateKey } from './use-private-key.ts';
import { factoryManagement, factoryPin, factoryPuk, type Counted, type PivState } from './piv-state.ts';

/**
 * PIV as a modern token has it: SP 800-73-4, with the extensions of YubiKey 5.4 (version, serial, metadata,
 * set management key, reset). Written from the specifications and not from this house's own client, so
 * that the two test each other.
 *
 * With `managedBy` it is a plain PIV of the standard instead: no key 9B, none of the extensions, and what an
 * issuer does goes through a secure channel, also the replacement of PIN and PUK (OpenFIPS201's
 * administrative CHANGE REFERENCE DATA).
 */
export const pivApplet = (state: PivState, options: PivAppletOptions = {}): Applet => {
  let pinVerified = false;
  /** VERIFY was the last thing before: what a key with PIN policy "always" wants. */
  let pinFresh = false;
  let managementDone = false;
  let dialogue: Dialogue | undefined;
  const isManaged = (): boolean => options.managedBy?.() ?? managementDone;

  const forget = (): void => {
    pinVerified = false;
    pinFresh = false;
    managementDone = false;
    dialogue = undefined;
  };

  const isPinCommand = (ins: number): boolean => ins === 0x20 || ins === 0x24 || ins === 0x2c;

  const verify = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p2 !== 0x80) return answer(status.keyNotFound);
    if (p1 === 0xff) {
      pinVerified = false;
      return answer(data === undefined ? status.done : status.wrongData);
    }
    if (p1 !== 0x00) return answer(status.wrongParameters);
    if (data === undefined) return pinVerified ? answer(status.done) : answer(triesWord(state.pin));
    if (data.length !== 8) return answer(status.wrongData);
    pinVerified = false;
    const word = present(state.pin, data);
    pinVerified = word === status.done;
    pinFresh = pinVerified;
    return answer(word);
  };

  const change = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    const counted = p2 === 0x80 ? state.pin : p2 === 0x81 ? state.puk : undefined;
    if (counted === undefined) return answer(status.keyNotFound);
    if (p1 === 0xff && options.managedBy !== undefined) return replace(counted, data);
    if (p1 !== 0x00 || data?.length !== 16 || !isAcceptable(data.subarray(8)))
      return answer(status.wrongData);
    const word = present(counted, data.subarray(0, 8));
    if (word === status.done) counted.value = toHex(data.subarray(8));
    else if (p2 === 0x80) pinVerified = false;
    return answer(word);
  };

  /** By the issuer, who need not know the old one. */
  const replace = (counted: Counted, data: Uint8Array | undefined): ResponseApdu => {
    if (!isManaged()) return answer(status.securityNotSatisfied);
    if (data?.length !== 8 || !isAcceptable(data)) return answer(status.wrongData);
    counted.value = toHex(data);
    counted.left = counted.total;
    pinVerified = false;
    return answer(status.done);
  };

  const resetRetryCounter = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p2 !== 0x80) return answer(status.keyNotFound);
    if (p1 !== 0x00 || data?.length !== 16 || !isAcceptable(data.subarray(8)))
      return answer(status.wrongData);
    const word = present(state.puk, data.subarray(0, 8));
    if (word === status.done)
      state.pin = { ...state.pin, value: toHex(data.subarray(8)), left: state.pin.total };
    return answer(word);
  };

  const getData = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    const tag = requestedTag(data);
    if (p1 !== 0x3f || p2 !== 0xff || tag === undefined) return answer(status.wrongParameters);
    if (tag === '7e') return answer(status.done, encodeTlv(0x7e, fromHex(state.objects['7e'] ?? discovery)));
    if (behindPin.has(tag) && !pinVerified) return answer(status.securityNotSatisfied);
    const maker = tag === '5fff01' ? state.attestation : undefined;
    if (maker !== undefined)
      return answer(
        status.done,
        encodeTlv(0x53, encodeTlv(0x70, fromHex(maker.certificate)), fromHex('710100fe00')),
      );
    const content = state.objects[tag];
    return content === undefined
      ? answer(status.notFound)
      : answer(status.done, encodeTlv(0x53, fromHex(content)));
  };

  const putData = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p1 !== 0x3f || p2 !== 0xff || data === undefined) return answer(status.wrongParameters);
    if (!isManaged()) return answer(status.securityNotSatisfied);
    const fields = parseTlvs(data);
    if (!fields.ok) return answer(status.wrongData);
    const whole = findTlv(fields.value, 0x7e);
    const named = findTlv(fields.value, 0x5c);
    const tag = whole === undefined ? named && toHex(named) : '7e';
    const content = whole ?? findTlv(fields.value, 0x53);
    if (tag === undefined || content === undefined || !isWritable(tag)) return answer(status.wrongData);
    const others = Object.entries(state.objects).filter(([name]) => name !== tag);
    const used = others.reduce((sum, [, hex]) => sum + hex.length / 2, 0);
    if (used + content.length > state.capacity) return answer(status.full);
    state.objects = Object.fromEntries(content.length === 0 ? others : [...others, [tag, toHex(content)]]);
    return answer(status.done);
  };

  const generate = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p1 !== 0x00 || !isKeySlot(p2)) return answer(status.wrongParameters);
    if (!isManaged()) return answer(status.securityNotSatisfied);
    const template = unwrapTlv(data ?? new Uint8Array(0), 0xac);
    const fields = template.ok ? parseTlvs(template.value) : template;
    if (!fields.ok) return answer(status.wrongData);
    const algorithm = findTlv(fields.value, 0x80)?.[0];
    const pkcs8 = algorithm === undefined ? undefined : generatePrivateKey(algorithm);
    if (algorithm === undefined || pkcs8 === undefined) return answer(status.wrongData);
    const policy = (tag: number, byDefault: number): number => {
      const asked = findTlv(fields.value, tag)?.[0] ?? 0;
      return asked === 0 ? byDefault : asked;
    };
    const pinPolicy = policy(0xaa, defaultPinPolicy(p2));
    const touchPolicy = policy(0xab, 1);
    state.keys = { ...state.keys, [p2.toString(16)]: { algorithm, pinPolicy, touchPolicy, pkcs8 } };
    return answer(status.done, encodeTlv(0x7f49, publicTemplate(pkcs8)));
  };

  const authenticate = (command: CommandApdu): ResponseApdu => {
    const begun = dialogue;
    dialogue = undefined;
    const template = unwrapTlv(command.data ?? new Uint8Array(0), 0x7c);
    const fields = template.ok ? parseTlvs(template.value) : template;
    if (!fields.ok) return answer(status.wrongData);
    const field = (tag: number): Uint8Array | undefined => findTlv(fields.value, tag);
    // A key of this algorithm that is not there is a wrong parameter (SP 800-73-4 part 2, table 14).
    if (command.p2 === 0x9b && options.managedBy !== undefined) return answer(status.wrongParameters);
    if (command.p2 === 0x9b) return authenticateManagement(command.p1, field, begun);
    const key = state.keys[command.p2.toString(16)];
    if (key === undefined) return answer(status.keyNotFound);
    if (key.algorithm !== command.p1) return answer(status.wrongData);
    const allowed = key.pinPolicy === 1 || (key.pinPolicy === 3 ? pinFresh : pinVerified);
    if (!allowed) return answer(status.securityNotSatisfied);
    const result = usePrivateKey(key, field);
    return result === undefined
      ? answer(status.wrongData)
      : answer(status.done, encodeTlv(0x7c, encodeTlv(0x82, result)));
  };

  const authenticateManagement = (
    p1: number,
    field: (tag: number) => Uint8Array | undefined,
    begun: Dialogue | undefined,
  ): ResponseApdu => {
    const { algorithm, key } = state.management;
    // 00 stands for 3DES (SP 800-78-4, table 6-2)
    const cipher = (p1 || 0x03) === algorithm ? blockCipher(algorithm, fromHex(key)) : undefined;
    if (cipher === undefined) return answer(status.wrongParameters);
    if (field(0x80)?.length === 0) return askedForWitness(cipher);
    if (field(0x81)?.length === 0) return askedForChallenge(cipher);
    managementDone = false;
    const [witness, challenge, response] = [field(0x80), field(0x81), field(0x82)];
    if (begun?.kind === 'witness' && witness !== undefined && challenge?.length === cipher.blockLength) {
      if (!equalBytes(witness, begun.expected)) return answer(status.securityNotSatisfied);
      managementDone = true;
      return answer(status.done, encodeTlv(0x7c, encodeTlv(0x82, cipher.encrypt(challenge))));
    }
    if (begun?.kind === 'challenge' && response !== undefined) {
      managementDone = equalBytes(response, begun.expected);
      return answer(managementDone ? status.done : status.securityNotSatisfied);
    }
    return answer(status.wrongData);
  };

  const askedForWitness = (cipher: BlockCipher): ResponseApdu => {
    const witness = new Uint8Array(randomBytes(cipher.blockLength));
    dialogue = { kind: 'witness', expected: witness };
    return answer(status.done, encodeTlv(0x7c, encodeTlv(0x80, cipher.encrypt(witness))));
  };

  const askedForChallenge = (cipher: BlockCipher): ResponseApdu => {
    const challenge = new Uint8Array(randomBytes(cipher.blockLength));
    dialogue = { kind: 'challenge', expected: cipher.encrypt(challenge) };
    return answer(status.done, encodeTlv(0x7c, encodeTlv(0x81, challenge)));
  };

  const setManagementKey = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p1 !== 0xff || (p2 !== 0xff && p2 !== 0xfe)) return answer(status.wrongParameters);
    if (!isManaged()) return answer(status.securityNotSatisfied);
    const [algorithm, reference, length] = data ?? [];
    const key = data?.subarray(3) ?? new Uint8Array(0);
    const complete = algorithm !== undefined && reference === 0x9b && length === key.length;
    if (!complete || blockCipher(algorithm, key) === undefined) return answer(status.wrongData);
    state.management = { algorithm, key: toHex(key) };
    return answer(status.done);
  };

  const metadata = ({ p1, p2 }: CommandApdu): ResponseApdu => {
    if (p1 !== 0x00) return answer(status.wrongParameters);
    const data = metadataOf(state, p2);
    return data === undefined ? answer(status.keyNotFound) : answer(status.done, data);
  };

  const attest = ({ p1, p2 }: CommandApdu): ResponseApdu => {
    const key = state.keys[p1.toString(16)];
    if (state.attestation === undefined) return answer(status.instructionUnknown);
    if (p2 !== 0x00 || key === undefined) return answer(status.keyNotFound);
    return answer(status.done, attestationOf(state.attestation, state.serial, key.pkcs8));
  };

  const reset = (): ResponseApdu => {
    if (state.pin.left > 0 || state.puk.left > 0) return answer(status.conditionsNotSatisfied);
    state.pin = factoryPin();
    state.puk = factoryPuk();
    state.management = factoryManagement();
    state.keys = {};
    state.objects = {};
    forget();
    return answer(status.done);
  };

  const instructions: Readonly<Record<number, (command: CommandApdu) => ResponseApdu>> = {
    0x20: verify,
    0x24: change,
    0x2c: resetRetryCounter,
    0x47: generate,
    0x87: authenticate,
    0xcb: getData,
    0xdb: putData,
  };
  const extensions: typeof instructions = {
    0xf7: metadata,
    0xf8: () => answer(status.done, uint32(state.serial)),
    0xf9: attest,
    0xfb: reset,
    0xfd: () => answer(status.done, version),
    0xff: setManagementKey,
  };

  return {
    aid: fromHex('a000000308 0000100001 00'),
    forget,
    select: () => answer(status.done, applicationProperty),
    process(command) {
      if (command.cla !== 0x00) return answer(status.classUnknown);
      const instruction =
        instructions[command.ins] ?? (options.managedBy === undefined ? extensions[command.ins] : undefined);
      if (instruction === undefined) return answer(status.instructionUnknown);
      const response = instruction(command);
      if (!isPinCommand(command.ins)) pinFresh = false;
      return response;
    },
  };
};

export interface PivAppletOptions {
  /** Management is not by the key 9B, which this card then does not have, but while this says so. */
  readonly managedBy?: () => boolean;
}

/** Half of an authentication with the management key: what the other side has to answer. */
interface Dialogue {
  readonly kind: 'witness' | 'challenge';
  readonly expected: Uint8Array;
}

/** Counts a try, compares, and gives all tries back when it was right. */
const present = (counted: Counted, value: Uint8Array): number => {
  if (counted.left === 0) return status.blocked;
  if (counted.value === toHex(value)) {
    counted.left = counted.total;
    return status.done;
  }
  counted.left--;
  return triesWord(counted);
};

const triesWord = ({ left }: Counted): number => (left === 0 ? status.blocked : 0x63c0 | Math.min(left, 15));

/** Six to eight bytes, filled up with FF at the end only. */
const isAcceptable = (value: Uint8Array): boolean => {
  const length = value.findIndex((byte) => byte === 0xff);
  if (length === -1) return true;
  return length >= 6 && value.subarray(length).every((byte) => byte === 0xff);
};

const requestedTag = (data: Uint8Array | undefined): string | undefined => {
  const named = unwrapTlv(data ?? new Uint8Array(0), 0x5c);
  return named.ok ? toHex(named.value) : undefined;
};

/** 5FC1xx are the standard's objects, 5FFFxx the vendor's and whoever else's. */
const isWritable = (tag: string): boolean => tag === '7e' || /^5f(c1|ff)[0-9a-f]{2}$/.test(tag);

/** Fingerprints, face, printed information, iris (SP 800-73-4 part 1, table 2). */
const behindPin: ReadonlySet<string> = new Set(['5fc103', '5fc108', '5fc109', '5fc121']);

const isKeySlot = (reference: number): boolean =>
  [0x9a, 0x9c, 0x9d, 0x9e].includes(reference) || (reference >= 0x82 && reference <= 0x95);

/** 1 never, 2 once, 3 always. */
const defaultPinPolicy = (reference: number): number => (reference === 0x9c ? 3 : reference === 0x9e ? 1 : 2);

const metadataOf = (state: PivState, reference: number): Uint8Array | undefined => {
  const byte = (tag: number, ...values: number[]): Uint8Array => encodeTlv(tag, new Uint8Array(values));
  const counter = (counted: Counted, factory: Counted): Uint8Array =>
    concatBytes(
      byte(0x01, 0xff),
      byte(0x05, counted.value === factory.value ? 1 : 0),
      byte(0x06, counted.total, counted.left),
    );
  switch (reference) {
    case 0x80:
      return counter(state.pin, factoryPin());
    case 0x81:
      return counter(state.puk, factoryPuk());
    case 0x9b: {
      const { algorithm, key } = state.management;
      return concatBytes(
        byte(0x01, algorithm),
        byte(0x02, 0, 1),
        byte(0x05, key === factoryManagement().key ? 1 : 0),
      );
    }
    default: {
      const key = state.keys[reference.toString(16)];
      if (key === undefined) return undefined;
      return concatBytes(
        byte(0x01, key.algorithm),
        byte(0x02, key.pinPolicy, key.touchPolicy),
        byte(0x03, 1),
        encodeTlv(0x04, publicTemplate(key.pkcs8)),
      );
    }
  }
};

const uint32 = (value: number): Uint8Array =>
  new Uint8Array([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);

const version = new Uint8Array([5, 4, 3]);
const applicationProperty = fromHex('61114f06000010000100 79074f05a000000308');
const discovery = '4f0ba0000003080000100001005f2f024000';
