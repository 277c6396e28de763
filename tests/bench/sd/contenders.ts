import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  partFiles,
  SdCardSession,
  userInfoContent,
  type SealedPart,
} from '../../../native/applications/sd/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import type { SystemMediaDriver } from '../../../native/drivers/media/system-media-driver.ts';

/** A card's files by part. */
export type Content = Readonly<Record<SealedPart | 'manifest', Uint8Array>>;

/** As `prepare-content.ts` left them in a folder. */
export function readContent(folder: string): Content {
  const read = (part: SealedPart | 'manifest') => readFileSync(join(folder, partFiles[part]));
  return {
    key: read('key'),
    certificate: read('certificate'),
    'user-info': read('user-info'),
    client: read('client'),
    manifest: read('manifest'),
  };
}

/** What an issuance does on the card: all files, the manifest last, everything read back cold and compared. */
export async function issue(driver: SystemMediaDriver, slot: string, content: Content): Promise<void> {
  const says = must(userInfoContent(content['user-info']));
  const { bankId, bankName, cardId } = says;
  const volume = must(await driver.open(slot));
  const session = must(await SdCardSession.open(volume));
  must(await session.writeKey(bankId, content.key));
  must(await session.writeCertificate(bankId, content.certificate));
  must(await session.writeUserInfo(bankId, content['user-info']));
  must(await session.writeClient(bankId, content.client));
  must(await session.addToDirectory({ bankId, bankName, cardId }));
  must(await session.writeManifest(bankId, content.manifest));
  must(await session.readBack(bankId));
  await volume.close();
}

/** What people do: the payload copied with mtools, flushed, copied back, and its digest compared. */
export function copyByHand(device: string, folder: string): void {
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const payload = join(folder, partFiles.client);
  const back = join(folder, 'back');
  run('mkfs.vfat', '-F', '32', device);
  run('mcopy', '-i', device, payload, '::client.html');
  run('sync', device);
  run('mcopy', '-n', '-o', '-i', device, '::client.html', back);
  const [there] = run('sha256sum', back).split(' ');
  if (there !== createHash('sha256').update(readFileSync(payload)).digest('hex'))
    throw new Error('mcopy lost it');
}

const chunk = 1024 * 1024;

/** What the device itself needs for as many bytes, one after another, without a file system. */
export function writeAndReadRaw(path: string, bytes: Uint8Array, makeCold: () => void): void {
  const device = openSync(path, 'r+');
  try {
    for (let at = 0; at < bytes.length; at += chunk)
      writeSync(device, bytes, at, Math.min(chunk, bytes.length - at), at);
    fsyncSync(device);
    makeCold();
    const buffer = Buffer.alloc(chunk);
    for (let at = 0; at < bytes.length; at += chunk) readSync(device, buffer, 0, chunk, at);
  } finally {
    closeSync(device);
  }
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}
