import type { Hmac } from '../hkdf/index.ts';

/** What the program this runs in lends to the derivations: bank and operator platform have the same ones. */
export interface OperatorPrimitives {
  readonly hmac: Hmac;
  random(length: number): Uint8Array;
  /** AES-256-GCM: key 32, nonce 12 bytes; the answer ends with the 16 bytes of the tag. */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  /** Undefined when it was not sealed so. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined;
  readonly hpke: Hpke;
}

/**
 * HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, in PSK mode with the psk_id
 * `cardwright/operator-keys/v1`. Public keys 65 bytes (uncompressed), private keys 32, `info` 32.
 */
export interface Hpke {
  /** DeriveKeyPair; `material` has 32 bytes. */
  keyPair(material: Uint8Array): Promise<KeyPair>;
  send(publicKey: Uint8Array, info: Uint8Array, psk: Uint8Array): Promise<HpkeSender>;
  /** Undefined when `enc` is no point of the curve. */
  receive(
    privateKey: Uint8Array,
    enc: Uint8Array,
    info: Uint8Array,
    psk: Uint8Array,
  ): Promise<HpkeReceiver | undefined>;
}

export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

export interface HpkeSender {
  /** Encapsulated key, 65 bytes. */
  readonly enc: Uint8Array;
  seal(aad: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  export(label: Uint8Array, length: number): Promise<Uint8Array>;
}

export interface HpkeReceiver {
  open(aad: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined>;
  export(label: Uint8Array, length: number): Promise<Uint8Array>;
}
