import { randomInt } from 'node:crypto';
import { toHex, utf8 } from '../../../../electron/shared/codec/index.ts';
import { newAttestationKey, type AttestationKey } from './attestation.ts';

/** What the PIV application of a virtual card keeps without power. Bytes are lower-case hex. */
export interface PivState {
  readonly serial: number;
  pin: Counted;
  puk: Counted;
  management: { algorithm: number; key: string };
  /** By key reference, e.g. '9a'. */
  keys: Record<string, StoredKey>;
  /** Content without tag 53, by tag, e.g. '5fc102'. */
  objects: Record<string, string>;
  /** Bytes for all objects together. */
  readonly capacity: number;
  /** A card that vouches for the keys it has made; a reset leaves it. */
  readonly attestation?: AttestationKey;
}

export interface Counted {
  value: string;
  total: number;
  left: number;
}

export interface StoredKey {
  readonly algorithm: number;
  readonly pinPolicy: number;
  readonly touchPolicy: number;
  /** PKCS#8, base64: this file plays the card's silicon. */
  readonly pkcs8: string;
}

export const factoryPin = (): Counted => ({ value: padded('123456'), total: 3, left: 3 });
export const factoryPuk = (): Counted => ({ value: padded('12345678'), total: 3, left: 3 });

/** 3DES, 0102030405060708 three times: what tokens leave the factory with. */
export const factoryManagement = (): PivState['management'] => ({
  algorithm: 0x03,
  key: '0102030405060708'.repeat(3),
});

export interface FactoryPivOptions {
  readonly serial?: number;
  readonly capacity?: number;
  /** With an attestation key of its maker's. */
  readonly attests?: boolean;
}

export const factoryPiv = (options: FactoryPivOptions = {}): PivState => {
  const serial = options.serial ?? randomInt(10_000_000, 99_999_999);
  return {
    serial,
    ...(options.attests === true && { attestation: newAttestationKey(serial) }),
    ...emptyPiv(options.capacity),
  };
};

const emptyPiv = (capacity = 51_200): Omit<PivState, 'serial'> => ({
  pin: factoryPin(),
  puk: factoryPuk(),
  management: factoryManagement(),
  keys: {},
  objects: {},
  capacity,
});

const padded = (digits: string): string => toHex(utf8(digits)) + 'ff'.repeat(8 - digits.length);
