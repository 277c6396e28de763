import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

/** A volume as bytes at places, without a file system. Everything rejects with the system's error. */
export interface RawDevice {
  readonly sizeBytes: number;
  read(at: number, length: number): Promise<Buffer>;
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Until the medium has it. */
  flush(): Promise<void>;
  /** The next reads come from the medium. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** A block device of Linux that nobody has mounted; rejects with EACCES for who may not. */
export async function openRawDevice(path: string): Promise<RawDevice> {
  const handle = await open(path, 'r+');
  const sectors = readFileSync(`/sys/class/block/${basename(path)}/size`, 'utf8');
  return {
    sizeBytes: Number(sectors) * 512,
    async read(at, length) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await handle.read(bytes, 0, length, at);
      if (bytesRead !== length) throw Object.assign(new Error('cut short'), { code: 'EIO' });
      return bytes;
    },
    async write(at, bytes) {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, at);
      if (bytesWritten !== bytes.length) throw Object.assign(new Error('cut short'), { code: 'EIO' });
    },
    flush: () => handle.sync(),
    forget: () =>
      new Promise((resolve, reject) => {
        execFile('blockdev', ['--flushbufs', path], (error) => {
          if (error) reject(Object.assign(new Error('not flushed'), { code: 'EIO' }));
          else resolve();
        });
      }),
    close: () => handle.close(),
  };
}
