import { concatBytes, encodeTlv, type CommandApdu } from '../../../../electron/shared/codec/index.ts';

/** DELETE (GPCS 2.3.1 11.2): one application or package; with `related` a package and all made from it. */
export const deleteObject = (aid: Uint8Array, related: boolean): CommandApdu => ({
  cla: CLA,
  ins: INS_DELETE,
  p1: 0,
  p2: related ? 0x80 : 0,
  data: encodeTlv(0x4f, aid),
  le: 256,
});

/** DELETE of all keys of one version. */
export const deleteKeys = (version: number): CommandApdu => ({
  cla: CLA,
  ins: INS_DELETE,
  p1: 0,
  p2: 0,
  data: encodeTlv(0xd2, new Uint8Array([version])),
  le: 256,
});

export interface InstallForLoad {
  readonly packageAid: Uint8Array;
  /** The security domain that shall own the package; the issuer's when absent. */
  readonly domainAid?: Uint8Array;
  /** Hash of the load file data block, SHA-1 or SHA-256; none when absent. */
  readonly hash?: Uint8Array;
}

/** INSTALL [for load] (GPCS 2.3.1 11.5.2.3.1). */
export const installForLoad = ({ packageAid, domainAid, hash }: InstallForLoad): CommandApdu =>
  install(0x02, [
    counted(packageAid),
    counted(domainAid ?? none),
    counted(hash ?? none),
    counted(none), // parameters
    counted(none), // token: only where management is delegated
  ]);

export interface InstallForInstall {
  readonly packageAid: Uint8Array;
  readonly moduleAid: Uint8Array;
  readonly instanceAid: Uint8Array;
  /** 1 or 3 bytes (GPCS 2.3.1 table 6-1). */
  readonly privileges: Uint8Array;
  /** What the applet gets in its install method, without the tag C9. */
  readonly parameters: Uint8Array;
}

/** INSTALL [for install and make selectable] (GPCS 2.3.1 11.5.2.3.2). */
export const installForInstall = (wanted: InstallForInstall): CommandApdu =>
  install(0x0c, [
    counted(wanted.packageAid),
    counted(wanted.moduleAid),
    counted(wanted.instanceAid),
    counted(wanted.privileges),
    // C9 is there also when it is empty.
    counted(encodeTlv(0xc9, wanted.parameters)),
    counted(none),
  ]);

/** INSTALL [for personalization]: the next STORE DATA goes to this application (GPCS 2.3.1 11.5.2.3.6). */
export const installForPersonalization = (aid: Uint8Array): CommandApdu =>
  install(0x20, [counted(none), counted(none), counted(aid), counted(none), counted(none), counted(none)]);

/** P2 is one byte: no file can have more blocks than that counts. */
export const maximumBlocks = 256;

/** LOAD of a load file in at most `maximumBlocks` blocks: P1 says the last, P2 counts (GPCS 2.3.1 11.6). */
export const loadBlocks = (file: Uint8Array, blockLength: number): readonly CommandApdu[] =>
  blocksOf(file, blockLength, (data, last, number) => ({
    cla: CLA,
    ins: 0xe8,
    p1: last ? 0x80 : 0,
    p2: number,
    data,
    le: 256,
  }));

/** How the data of STORE DATA is built (GPCS 2.3.1 table 11-88); 60 more when its values are encrypted. */
export const storeDataFormat = { plain: 0x00, dataGroups: 0x08, tlv: 0x10 } as const;
export type StoreDataFormat = keyof typeof storeDataFormat;

/** STORE DATA in blocks: b8 of P1 only on the last, P2 counts (GPCS 2.3.1 11.11). */
export const storeDataBlocks = (
  data: Uint8Array,
  format: StoreDataFormat,
  blockLength: number,
): readonly CommandApdu[] =>
  blocksOf(data, blockLength, (block, last, number) => ({
    cla: CLA,
    ins: 0xe2,
    p1: storeDataFormat[format] | (last ? 0x80 : 0),
    p2: number,
    data: block,
    le: 256,
  }));

/** SET STATUS (GPCS 2.3.1 11.10): of the card when `aid` is absent, else of an application. */
export const setStatus = (state: number, aid?: Uint8Array): CommandApdu => ({
  cla: CLA,
  ins: 0xf0,
  p1: aid === undefined ? 0x80 : 0x40,
  p2: state,
  ...(aid === undefined ? {} : { data: aid }),
  le: 256,
});

const CLA = 0x80;
const INS_DELETE = 0xe4;
const INS_INSTALL = 0xe6;

const none = new Uint8Array(0);

/** A length and as many bytes; longer than 127 the length is written as in BER (GPCS 2.3.1 table 11-42). */
const counted = (value: Uint8Array): Uint8Array => encodeTlv(0x04, value).subarray(1);

const install = (p1: number, fields: readonly Uint8Array[]): CommandApdu => ({
  cla: CLA,
  ins: INS_INSTALL,
  p1,
  p2: 0,
  data: concatBytes(...fields),
  le: 256,
});

const blocksOf = (
  data: Uint8Array,
  blockLength: number,
  block: (data: Uint8Array, last: boolean, number: number) => CommandApdu,
): readonly CommandApdu[] => {
  const count = Math.max(1, Math.ceil(data.length / blockLength));
  return Array.from({ length: count }, (_, number) =>
    block(
      data.subarray(number * blockLength, (number + 1) * blockLength),
      number === count - 1,
      number & 0xff,
    ),
  );
};
