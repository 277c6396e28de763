/** What a disk is to its reader: bytes at addresses. */
export interface BlockContent {
  /** As claimed. */
  readonly sizeBytes: number;
  read(offset: number, length: number): Buffer;
  write(offset: number, bytes: Uint8Array): void;
}

/** How a medium lies. Every write is acknowledged, every read succeeds. */
export type Lie =
  | { readonly kind: 'honest' }
  /** A worn-out card that turned read-only without saying so: what comes after so many bytes is dropped. */
  | { readonly kind: 'dropped-writes'; readonly afterBytes: number }
  /**
   * What was written is answered from a memory that the card forgets when it is mounted again; the old
   * content comes back. Only writes of at least `fromBytes` (all file content, or only large ones).
   */
  | { readonly kind: 'stale-reads'; readonly fromBytes: number }
  /** Sold as four times what it is: the controller ignores the upper bits of the address. */
  | { readonly kind: 'aliased'; readonly times: number }
  /** Sold as more than it is: what lies beyond is dropped and reads as zeros. */
  | { readonly kind: 'cut-off'; readonly times: number }
  /** One cell that does not hold what it was given: the bit after these bytes reads turned over. */
  | { readonly kind: 'flipped-bit'; readonly after: Uint8Array };

/** A medium with this content at first (its beginning; the rest is zeros) that lies in one way. */
export function lyingMedium(image: Uint8Array, lie: Lie): BlockContent {
  const sizeBytes = image.length;
  const real = lie.kind === 'aliased' || lie.kind === 'cut-off' ? sizeBytes / lie.times : sizeBytes;
  const cells = Buffer.from(image.subarray(0, real));
  const honest: BlockContent = {
    sizeBytes,
    read: (offset, length) => Buffer.from(cells.subarray(offset, offset + length)),
    write(offset, bytes) {
      cells.set(bytes, offset);
    },
  };
  switch (lie.kind) {
    case 'honest':
      return honest;
    case 'dropped-writes': {
      let written = 0;
      return {
        ...honest,
        write(offset, bytes) {
          written += bytes.length;
          if (written <= lie.afterBytes) honest.write(offset, bytes);
        },
      };
    }
    case 'stale-reads': {
      const before = new Map<number, Buffer>();
      return {
        ...honest,
        read(offset, length) {
          // Whoever mounts begins with the first sector.
          if (offset === 0) {
            for (const [at, bytes] of [...before].toReversed()) cells.set(bytes, at);
            before.clear();
          }
          return honest.read(offset, length);
        },
        write(offset, bytes) {
          if (bytes.length >= lie.fromBytes && !before.has(offset))
            before.set(offset, honest.read(offset, bytes.length));
          honest.write(offset, bytes);
        },
      };
    }
    case 'aliased':
      return {
        sizeBytes,
        read(offset, length) {
          const bytes = Buffer.alloc(length);
          for (let at = 0; at < length; at += 512)
            cells.copy(bytes, at, (offset + at) % real, ((offset + at) % real) + Math.min(512, length - at));
          return bytes;
        },
        write(offset, bytes) {
          for (let at = 0; at < bytes.length; at += 512)
            cells.set(bytes.subarray(at, at + 512), (offset + at) % real);
        },
      };
    case 'cut-off':
      return {
        sizeBytes,
        read(offset, length) {
          const bytes = Buffer.alloc(length);
          if (offset < real) cells.copy(bytes, 0, offset, Math.min(real, offset + length));
          return bytes;
        },
        write(offset, bytes) {
          if (offset < real) cells.set(bytes.subarray(0, real - offset), offset);
        },
      };
    case 'flipped-bit':
      return {
        ...honest,
        read(offset, length) {
          const bytes = honest.read(offset, length);
          const at = bytes.indexOf(lie.after);
          const cell = at + lie.after.length;
          if (at >= 0 && cell < length) bytes[cell] = (bytes[cell] ?? 0) ^ 0x10;
          return bytes;
        },
      };
  }
}
