/*
 * Between the media driver, which runs as the person at the counter, and the privileged media writer, over the
 * writer's standard input and output:
 *
 *   length (4 bytes, big endian, at most 4096) | that many bytes of JSON
 *
 * The writer speaks first and says a nonce. Every request carries it and the next number from 1 on; whoever
 * can write into the pipe but did not hear the nonce is not obeyed, and nothing is done twice.
 */
export const largestFrameBytes = 4096;

export type WriterHello = { readonly nonce: string };

/** What the writer does, and nothing else. Names are the kernel's (sdb, sdb1, mmcblk0p1); folders are never asked for. */
export interface WriterRequest {
  readonly nonce: string;
  readonly number: number;
  readonly job: 'mount-to-write' | 'mount-to-look' | 'unmount' | 'unmount-and-drop-caches';
  readonly disk: string;
  readonly volume: string;
  /** `text` of the medium's identity: it is looked at again. */
  readonly identity: string;
}

export type WriterAnswer =
  | { readonly number: number; readonly done: true; readonly folder: string; readonly cachesDropped: boolean }
  | { readonly number: number; readonly done: false; readonly refusal: WriterRefusal };

export type WriterRefusal =
  | 'not-understood' // no JSON, or not exactly the fields of a request
  | 'wrong-nonce'
  | 'wrong-number'
  | 'no-such-slot'
  | 'refused-by-rule' // a system or data disk, or no card slot at all
  | 'another-medium'
  | 'not-ours' // mounted by somebody else, or not mounted by this writer
  | 'unsafe-folder' // the place for mounts is a link, or somebody else's
  | 'failed'; // the system's own program did

export function encodeFrame(value: WriterHello | WriterRequest | WriterAnswer): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  if (body.length > largestFrameBytes) throw new Error('a frame of this size is never needed');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Takes bytes as they come. False: what came can be no frame, and nothing after it is to be trusted. */
export function frameReader(onFrame: (body: string) => void): (chunk: Buffer) => boolean {
  let have = Buffer.alloc(0);
  return (chunk) => {
    have = Buffer.concat([have, chunk]);
    while (have.length >= 4) {
      const length = have.readUInt32BE();
      if (length === 0 || length > largestFrameBytes) return false;
      if (have.length < 4 + length) return true;
      const body = have.subarray(4, 4 + length).toString('utf8');
      have = have.subarray(4 + length);
      onFrame(body);
    }
    return true;
  };
}
