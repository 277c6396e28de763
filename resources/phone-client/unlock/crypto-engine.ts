import type { Hmac } from '../../../electron/shared/codec/hkdf/index.ts';
import type { KeyAlgorithm } from '../../../electron/shared/domain/medium.ts';
import type { EncryptedKey } from './encrypted-key.ts';

/** What the client needs of cryptography; WebCrypto where the page may use it, else plain JavaScript. */
export interface CryptoEngine {
  sha256(bytes: Uint8Array): Promise<Uint8Array>;
  readonly hmac: Hmac;
  /** AES-256-GCM; ciphertext with the tag (16) behind it. */
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** `undefined`: not sealed with this key and nonce. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * Opens the card's key with the PIN.
   * @param algorithm of the key in the card's certificate; another kind of key does not open.
   * @param onProgress share of the work done, 0 to 1; called only where it takes long.
   */
  unlock(
    key: EncryptedKey,
    pin: string,
    algorithm: KeyAlgorithm,
    onProgress: (share: number) => void,
  ): Promise<SigningKey | 'wrong-pin'>;
}

export interface SigningKey {
  /** Over the message, with the hash of the key's algorithm: ECDSA as r | s (IEEE P1363), or RSA PKCS#1 v1.5. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** ECDH with an uncompressed P-256 point: the x-coordinate, 32 bytes. Rejects for other keys: no chain is sealed to them. */
  agree(point: Uint8Array): Promise<Uint8Array>;
  /** Signs and agrees to nothing afterwards. */
  forget(): void;
}
