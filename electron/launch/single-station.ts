import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../shared/result/index.ts';

export interface StationLock {
  release(): void;
}

/**
 * One station over one data folder: two would both believe that they hold the readers and the journal.
 * The lock of a station that was killed is taken over.
 */
export function lockStation(dataFolder: string): Result<StationLock> {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = join(dataFolder, 'station.pid');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return ok({
        release() {
          rmSync(file, { force: true });
        },
      });
    } catch {
      const holder = readHolder(file);
      if (holder !== undefined && holder !== process.pid && isAlive(holder))
        return fail('station-runs-already', { folder: dataFolder, process: holder });
      rmSync(file, { force: true });
    }
  }
  return fail('station-runs-already', { folder: dataFolder });
}

function readHolder(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * After a restart of the machine the number may belong to anybody, so on Linux the program is looked at
 * too: a lock that is honoured for nothing would keep the branch closed.
 */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  try {
    // Not its short name: Node calls its main thread "MainThread".
    return /node|electron|cardwright/i.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return true;
  }
}
