import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ok, type Result } from '../../../shared/result/index.ts';
import { decryptKey } from '../../../../native/applications/sd/index.ts';

/** The private key of `key.p8`; its unencrypted bytes are wiped before this returns. Faults: card-pin-wrong, medium-file-damaged. */
export async function openKeyFile(p8: Uint8Array, cardPin: string): Promise<Result<KeyObject>> {
  const pkcs8 = await decryptKey(p8, cardPin);
  return pkcs8.ok ? ok(privateKeyOf(pkcs8.value)) : pkcs8;
}

/** Takes the bytes over: they are zero afterwards. */
export function privateKeyOf(pkcs8: Uint8Array): KeyObject {
  const bytes = Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.length);
  try {
    return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  } finally {
    bytes.fill(0);
  }
}
