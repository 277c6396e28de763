import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  equalBytes,
  findTlv,
  fromHex,
  parseTlvs,
  toHex,
  type CommandApdu,
  type ResponseApdu,
} from '../../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applet.ts';
import { cardChannel } from './card-channel.ts';
import { checkValue } from './card-crypto.ts';
import type { DomainState, Instance } from './domain-state.ts';
import { loadedPackage, loadFileSignatures } from './load-file-check.ts';

/**
 * The issuer's security domain of a card (GlobalPlatform card specification 2.3.1): channels, the registry,
 * loading, installing, keys. Everything but reading public data wants a channel with a MAC.
 */
export const issuerDomainApplet = (state: DomainState): Applet => {
  const aid = fromHex(state.aid);
  const channel = cardChannel(state);
  /** What INSTALL [for load] announced, and the blocks so far. Gone with power: nothing half-loaded stays. */
  let loading: { packageAid: string; hash: Uint8Array; blocks: Uint8Array[] } | undefined;
  /** Where the next STORE DATA goes. */
  let personalising: Instance | undefined;
  let storeBlock = 0;
  /** Entries of GET STATUS that did not fit the last answer. */
  let waiting: Uint8Array[] = [];

  const forget = (): void => {
    channel.forget();
    loading = undefined;
    personalising = undefined;
    storeBlock = 0;
    waiting = [];
  };

  const getData = ({ p1, p2 }: CommandApdu): ResponseApdu => {
    const tag = (p1 * 256 + p2).toString(16).padStart(2, '0');
    if (tag === 'e0') return answer(status.done, keyInformation(state));
    const content = state.objects[tag];
    return content === undefined ? answer(status.keyNotFound) : answer(status.done, fromHex(content));
  };

  const getStatus = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p2 !== 0x02 && p2 !== 0x03) return answer(status.wrongParameters);
    if (data?.[0] !== 0x4f) return answer(status.wrongData);
    if (p2 === 0x02) {
      const entries = registryEntries(state, p1);
      if (entries === undefined) return answer(status.wrongParameters);
      if (entries.length === 0) return answer(status.keyNotFound);
      waiting = entries;
    }
    const part: Uint8Array[] = [];
    let room = statusRoom;
    while (waiting[0] !== undefined && (part.length === 0 || waiting[0].length <= room)) {
      room -= waiting[0].length;
      part.push(waiting[0]);
      waiting = waiting.slice(1);
    }
    return part.length === 0
      ? answer(status.conditionsNotSatisfied)
      : answer(waiting.length > 0 ? 0x6310 : status.done, concatBytes(...part));
  };

  const remove = ({ p2, data }: CommandApdu): ResponseApdu => {
    const objects = parseTlvs(data ?? new Uint8Array(0));
    if (!objects.ok) return answer(status.wrongData);
    const version = findTlv(objects.value, 0xd2)?.[0];
    if (version !== undefined) {
      if (state.keys[String(version)] === undefined) return answer(status.keyNotFound);
      if (Object.keys(state.keys).length === 1) return answer(status.conditionsNotSatisfied);
      state.keys = without(state.keys, String(version));
      return confirmed();
    }
    const name = toHex(findTlv(objects.value, 0x4f) ?? new Uint8Array(0));
    if (state.packages.some((one) => one.aid === name)) {
      const made = state.instances.filter(({ packageAid }) => packageAid === name);
      if (made.length > 0 && (p2 & 0x80) === 0) return answer(status.conditionsNotSatisfied);
      state.packages = state.packages.filter((one) => one.aid !== name);
      state.instances = state.instances.filter(({ packageAid }) => packageAid !== name);
      return confirmed();
    }
    if (!state.instances.some((one) => one.aid === name)) return answer(status.keyNotFound);
    state.instances = state.instances.filter((one) => one.aid !== name);
    return confirmed();
  };

  const install = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    const fields = countedFields(data ?? new Uint8Array(0));
    if (p2 !== 0 || fields === undefined) return answer(status.wrongData);
    const [first = none, second = none, third = none, fourth = none, fifth = none] = fields;
    if (p1 === 0x02) {
      if (fields.length !== 5) return answer(status.wrongData);
      const packageAid = toHex(first);
      if (state.packages.some((one) => one.aid === packageAid)) return answer(status.conditionsNotSatisfied);
      if (second.length > 0 && !equalBytes(second, aid)) return answer(status.keyNotFound);
      loading = { packageAid, hash: third, blocks: [] };
      return confirmed();
    }
    if (p1 === 0x0c) {
      if (fields.length !== 6) return answer(status.wrongData);
      const from = state.packages.find((one) => one.aid === toHex(first));
      if (from?.modules.includes(toHex(second)) !== true) return answer(status.keyNotFound);
      const parameters = parseTlvs(fifth);
      const own = parameters.ok ? findTlv(parameters.value, 0xc9) : undefined;
      if (own === undefined) return answer(status.wrongData);
      if (isTaken(toHex(third))) return answer(status.conditionsNotSatisfied);
      if (used(state) + instanceLength + own.length > state.capacity) return answer(status.full);
      state.instances = [
        ...state.instances,
        {
          aid: toHex(third),
          packageAid: from.aid,
          moduleAid: toHex(second),
          privileges: toHex(fourth),
          parameters: toHex(own),
          lifeCycle: 0x07,
          data: [],
        },
      ];
      return confirmed();
    }
    if (p1 === 0x20) {
      personalising = state.instances.find((one) => one.aid === toHex(third));
      storeBlock = 0;
      return personalising === undefined ? answer(status.keyNotFound) : confirmed();
    }
    return answer(status.wrongParameters);
  };

  const isTaken = (name: string): boolean =>
    name === state.aid || state.instances.some((one) => one.aid === name);

  const load = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    const begun = loading;
    if (begun === undefined) return answer(status.conditionsNotSatisfied);
    loading = undefined;
    if (p2 !== begun.blocks.length || data === undefined) return answer(status.wrongParameters);
    begun.blocks.push(data);
    const file = concatBytes(...begun.blocks);
    if (used(state) + file.length > state.capacity) return answer(status.full);
    if ((p1 & 0x80) === 0) {
      loading = begun;
      return answer(status.done);
    }
    const made = loadedPackage(file, begun.packageAid);
    if (made === undefined) return answer(status.wrongData);
    if (begun.hash.length > 0 && !hashIsRight(made.code, begun.hash)) return answer(status.wrongData);
    if (!isApproved(state, file, begun.hash)) return answer(status.securityNotSatisfied);
    state.packages = [...state.packages, made.entry];
    return confirmed();
  };

  const putKey = ({ p1, p2, data = none }: CommandApdu): ResponseApdu => {
    const [version] = data;
    const type = state.protocol === 'scp03' ? 'aes' : '3des';
    if (p2 !== 0x81 || version === undefined || version < 1 || version > 0x7f)
      return answer(status.wrongParameters);
    if (p1 !== 0 && state.keys[String(p1)] === undefined) return answer(status.keyNotFound);
    if (state.keys[String(version)] !== undefined && version !== p1) return answer(status.wrongData);
    const keys = keyComponents(data.subarray(1), type, channel.decryptKey);
    const [enc, mac, dek] = keys ?? [];
    if (enc === undefined || mac === undefined || dek === undefined) return answer(status.wrongData);
    // Keys of version FF are those of the factory: the first others take their place (GPCS 11.8.2.1).
    const rest = without(without(state.keys, String(p1)), '255');
    state.keys = {
      ...rest,
      [String(version)]: { type, enc: toHex(enc), mac: toHex(mac), dek: toHex(dek) },
    };
    return answer(
      status.done,
      concatBytes(new Uint8Array([version]), ...[enc, mac, dek].map((key) => checkValue(type, key))),
    );
  };

  const storeData = ({ p1, p2, data = none }: CommandApdu): ResponseApdu => {
    if (p2 !== storeBlock) return answer(status.wrongParameters);
    storeBlock = (p1 & 0x80) !== 0 ? 0 : storeBlock + 1;
    if (personalising !== undefined) {
      personalising.data.push(toHex(data));
      personalising.lifeCycle = (p1 & 0x80) !== 0 ? 0x0f : personalising.lifeCycle;
      return answer(status.done);
    }
    const objects = parseTlvs(data);
    if (!objects.ok) return answer(status.wrongData);
    for (const { tag, value } of objects.value)
      state.objects = { ...state.objects, [tag.toString(16)]: toHex(encodeTlv(tag, value)) };
    return answer(status.done);
  };

  const setStatus = ({ p1, p2, data }: CommandApdu): ResponseApdu => {
    if (p1 === 0x80) {
      const forward = [0x01, 0x07, 0x0f, 0x7f, 0xff];
      const back = state.lifeCycle === 0x7f && p2 === 0x0f;
      if (!forward.includes(p2) || (p2 <= state.lifeCycle && !back)) return answer(status.wrongData);
      state.lifeCycle = p2;
      return answer(status.done);
    }
    const name = toHex(data ?? none);
    const instance = state.instances.find((one) => one.aid === name);
    if (p1 !== 0x40 || instance === undefined) return answer(status.keyNotFound);
    instance.lifeCycle = (p2 & 0x80) !== 0 ? instance.lifeCycle | 0x80 : instance.lifeCycle & 0x7f;
    return answer(status.done);
  };

  const instructions: Readonly<Record<number, (command: CommandApdu) => ResponseApdu>> = {
    0xca: getData,
    0xd8: putKey,
    0xe2: storeData,
    0xe4: remove,
    0xe6: install,
    0xe8: load,
    0xf0: setStatus,
    0xf2: getStatus,
  };

  const plain = (command: CommandApdu, secured: boolean): ResponseApdu => {
    if (command.cla !== 0x80 && !(command.cla === 0x00 && command.ins === 0xca))
      return answer(status.classUnknown);
    const instruction = instructions[command.ins];
    if (instruction === undefined) return answer(status.instructionUnknown);
    if (command.ins !== 0xca && !secured) return answer(status.securityNotSatisfied);
    return instruction(command);
  };

  return {
    aid,
    forget,
    select: () =>
      answer(
        state.lifeCycle >= 0x7f ? 0x6283 : status.done,
        encodeTlv(0x6f, encodeTlv(0x84, aid), encodeTlv(0xa5, encodeTlv(0x9f65, new Uint8Array([0xff])))),
      ),
    process(command) {
      const begun = channel.begin(command, aid);
      if (begun !== undefined) return begun;
      const level = channel.level();
      const isSecured = (command.cla & 0x04) !== 0;
      if (level === undefined || level === 0)
        return isSecured ? answer(status.conditionsNotSatisfied) : plain(command, false);
      if (!isSecured) {
        // A command without a MAC ends the channel.
        forget();
        return answer(status.securityNotSatisfied);
      }
      const opened = channel.open(command);
      if (opened === undefined) {
        forget();
        return answer(status.securityNotSatisfied);
      }
      return channel.close(channel.session(opened) ?? plain(opened, true));
    },
  };
};

const none = new Uint8Array(0);
/** Room for registry entries in one answer, so that a card with a few applets needs several. */
const statusRoom = 160;
/** What an instance takes beside its parameters. */
const instanceLength = 64;

/** A single 00: no receipt (GPCS 11.5.3.2). */
const confirmed = (): ResponseApdu => answer(status.done, new Uint8Array([0x00]));

const used = ({ packages, instances }: DomainState): number =>
  packages.reduce((sum, { length }) => sum + length, 0) +
  instances.reduce((sum, { data }) => sum + instanceLength + data.join('').length / 2, 0);

const without = <Value>(record: Readonly<Record<string, Value>>, name: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== name));

const countedFields = (data: Uint8Array): readonly Uint8Array[] | undefined => {
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at < data.length) {
    let length = data[at] ?? 0;
    at++;
    if (length === 0x81) {
      length = data[at] ?? 0;
      at++;
    } else if (length > 0x7f) return undefined;
    if (at + length > data.length) return undefined;
    fields.push(data.subarray(at, at + length));
    at += length;
  }
  return fields;
};

const hashIsRight = (code: Uint8Array, hash: Uint8Array): boolean => {
  const algorithm = hash.length === 20 ? 'sha1' : hash.length === 32 ? 'sha256' : undefined;
  return (
    algorithm !== undefined && equalBytes(new Uint8Array(createHash(algorithm).update(code).digest()), hash)
  );
};

/** ECDSA with SHA-256 over the announced hash, r and s side by side (GPCS 2.3.1 B.4.3, C.3): without a hash there is none. */
const isApproved = ({ dap }: DomainState, file: Uint8Array, hash: Uint8Array): boolean => {
  if (dap === undefined) return true;
  const signature = loadFileSignatures(file).get(dap.aid);
  if (signature === undefined || hash.length === 0) return false;
  const key = createPublicKey({ key: Buffer.from(dap.publicKey, 'hex'), format: 'der', type: 'spki' });
  return verify('sha256', hash, { key, dsaEncoding: 'ieee-p1363' }, signature);
};

/** type | length | [length of the key] | key | 03 | check value, three times; the check values have to be right. */
const keyComponents = (
  data: Uint8Array,
  type: 'aes' | '3des',
  decrypt: (encrypted: Uint8Array) => Uint8Array,
): readonly Uint8Array[] | undefined => {
  const keys: Uint8Array[] = [];
  let at = 0;
  while (at < data.length) {
    const length = data[at + 1] ?? 0;
    const field = data.subarray(at + 2, at + 2 + length);
    const check = data.subarray(at + 3 + length, at + 6 + length);
    if (data[at] !== (type === 'aes' ? 0x88 : 0x80) || field.length !== length || data[at + 2 + length] !== 3)
      return undefined;
    const encrypted = type === 'aes' ? field.subarray(1) : field;
    if (encrypted.length === 0 || encrypted.length % (type === 'aes' ? 16 : 8) !== 0) return undefined;
    const keyLength = type === 'aes' ? (field[0] ?? 0) : length;
    if (!(type === 'aes' ? [16, 24, 32] : [16]).includes(keyLength)) return undefined;
    const key = decrypt(encrypted).slice(0, keyLength);
    if (!equalBytes(checkValue(type, key), check)) return undefined;
    keys.push(key);
    at += 6 + length;
  }
  return keys.length === 3 ? keys : undefined;
};

const keyInformation = ({ keys }: DomainState): Uint8Array =>
  encodeTlv(
    0xe0,
    ...Object.entries(keys).flatMap(([version, { type, enc }]) =>
      [1, 2, 3].map((id) =>
        encodeTlv(0xc0, new Uint8Array([id, Number(version), type === 'aes' ? 0x88 : 0x80, enc.length / 2])),
      ),
    ),
  );

const registryEntries = (state: DomainState, part: number): Uint8Array[] | undefined => {
  const entry = (aid: string, lifeCycle: number, ...more: Uint8Array[]): Uint8Array =>
    encodeTlv(0xe3, encodeTlv(0x4f, fromHex(aid)), encodeTlv(0x9f70, new Uint8Array([lifeCycle])), ...more);
  const domain = encodeTlv(0xcc, fromHex(state.aid));
  switch (part) {
    case 0x80:
      return [entry(state.aid, state.lifeCycle, encodeTlv(0xc5, fromHex('9efe80')))];
    case 0x40:
      return state.instances.map(({ aid, lifeCycle, privileges, packageAid }) =>
        entry(
          aid,
          lifeCycle,
          encodeTlv(0xc5, fromHex(privileges)),
          encodeTlv(0xc4, fromHex(packageAid)),
          domain,
        ),
      );
    case 0x20:
    case 0x10:
      return state.packages.map(({ aid, version, modules }) =>
        entry(
          aid,
          0x01,
          encodeTlv(0xce, fromHex(version)),
          ...(part === 0x10 ? modules.map((module) => encodeTlv(0x84, fromHex(module))) : []),
          domain,
        ),
      );
    default:
      return undefined;
  }
};
