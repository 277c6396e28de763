import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** The chain's length and head as last written outside the database. */
export interface Anchor {
  readonly records: number;
  /** Hex. */
  readonly headHash: string;
}

export interface AuditAnchor {
  /** Undefined: there is none yet. 'unreadable': there is a file, but not one of ours. */
  read(): Anchor | 'unreadable' | undefined;
  /** Only after the records are on the disk: the anchor may lag behind them, never lead. */
  write(anchor: Anchor): void;
  close(): void;
}

const pattern = /^cardwright-audit 1 (\d{15}) ([0-9a-f]{64})\n$/;
const syncEvery = 32;

/**
 * A line of fixed length, overwritten in place (it fits one sector, so it is old or new, never torn).
 * Whoever shortens the table and corrects the head row in it has to find this file too.
 */
export function auditAnchor(file: string): AuditAnchor {
  let handle: number | undefined;
  let unsynced = 0;
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'latin1');
      } catch {
        return undefined;
      }
      const [, records, headHash] = pattern.exec(text) ?? [];
      return records === undefined || headHash === undefined
        ? 'unreadable'
        : { records: Number(records), headHash };
    },
    write({ records, headHash }) {
      handle ??= openOrCreate(file);
      writeSync(
        handle,
        `cardwright-audit 1 ${records.toString().padStart(15, '0')} ${headHash}\n`,
        0,
        'latin1',
      );
      unsynced += 1;
      if (unsynced < syncEvery) return;
      fsyncSync(handle);
      unsynced = 0;
    },
    close() {
      if (handle === undefined) return;
      fsyncSync(handle);
      closeSync(handle);
      handle = undefined;
    },
  };
}

function openOrCreate(file: string): number {
  try {
    return openSync(file, 'r+');
  } catch {
    return openSync(file, 'w+', 0o600);
  }
}
