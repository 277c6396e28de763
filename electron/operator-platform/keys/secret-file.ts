import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { parseHex } from '../../shared/codec/index.ts';

/** 32 secret bytes in a file of mode 0600 (hex), made the first time. Fault: bank-setup-invalid. */
export const secretFile = (file: string, mayCreate: boolean): Result<Uint8Array> => {
  if (!existsSync(file)) {
    if (!mayCreate) return fail('bank-setup-invalid', { file });
    const handle = openSync(file, 'wx', 0o600);
    try {
      writeSync(handle, randomBytes(32).toString('hex'));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
  const secret = parseHex(readFileSync(file, 'utf8').trim());
  return secret.ok && secret.value.length === 32 ? secret : fail('bank-setup-invalid', { file });
};

export const readPem = (file: string): Result<string> => {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch {
    return fail('bank-setup-invalid', { file });
  }
};
