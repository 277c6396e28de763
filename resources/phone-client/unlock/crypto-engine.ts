import type { Hmac } from '../../../electron/shared/codec/hkdf/index.ts';
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
   * @param onProgress share of the work done, 0 to 1; called only where it takes long.
   */
  unlock(
    key: EncryptedKey,
    pin: string,
    onProgress: (share: number) => void,
  ): Promise<SigningKey | 'wrong-pin'>;
}

export interface SigningKey {
  /** ECDSA P-256 with SHA-256 over the message; 64 bytes, r | s (IEEE P1363). */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** ECDH with an uncompressed P-256 point: the x-coordinate, 32 bytes. */
  agree(point: Uint8Array): Promise<Uint8Array>;
  /** Signs and agrees to nothing afterwards. */
  forget(): void;
}
