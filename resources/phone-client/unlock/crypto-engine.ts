import type { EncryptedKey } from './encrypted-key.ts';

/** What the client needs of cryptography; WebCrypto where the page may use it, else plain JavaScript. */
export interface CryptoEngine {
  sha256(bytes: Uint8Array): Promise<Uint8Array>;
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
  /** Signs nothing afterwards. */
  forget(): void;
}
