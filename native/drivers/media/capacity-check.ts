import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, statfs, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { CapacityVerdict } from '../media-driver.ts';
import { planCapacityProbe } from './capacity-plan.ts';
import type { Mounting } from './mounted-volume.ts';

export interface CapacityCheckOptions {
  readonly slot: string;
  /** As the disk claims. */
  readonly sizeBytes: number;
  readonly mounting: Mounting;
  /** For everything before the cold read. Default: 45 s. */
  readonly limitMs?: number;
  /** Takes clusters for a file without writing to them; false when the file system cannot. Default: fallocate(1). */
  readonly occupy?: (file: string, bytes: number) => Promise<boolean>;
}

/** Upper case and short, so that FAT needs one entry for each file in it. */
const probeFolder = 'CWPROBE';

/**
 * Whether a card holds as much as it claims, proven with a dozen probes of a few kilobytes (`planCapacityProbe`)
 * that are written, read back cold and removed again; a folder left by a check that was cut short goes too.
 * Faults: medium-false-capacity, and those of the volume.
 *
 * Its limits: FAT only (Linux cannot take clusters on exFAT without writing them: `probeFreeSpace`), cards that are mostly
 * empty, and as far as the free space is in one piece; a controller that remembers the last megabytes and
 * forgets them only without power is not found here, but by the cold read of what was really written.
 */
export async function checkCapacity(options: CapacityCheckOptions): Promise<Result<CapacityVerdict>> {
  const { slot, sizeBytes, mounting, limitMs = 45_000, occupy = takeClusters } = options;
  const until = Date.now() + limitMs;
  const nonce = randomBytes(16);
  const folder = () => join(mounting.folder(), probeFolder);
  const probes: number[] = [];
  const occupying: { file: string; handle: FileHandle }[] = [];

  try {
    await rm(folder(), { recursive: true, force: true });
    const { bavail, bsize } = await statfs(mounting.folder());
    const plan = planCapacityProbe({
      sizeBytes,
      freeBytes: Math.min(bavail * bsize, sizeBytes),
      clusterBytes: bsize,
    });
    if (plan.kind === 'not-checked') return ok(plan);
    await mkdir(folder());
    for (const [number, step] of plan.steps.entries()) {
      if (Date.now() > until) return await leave({ kind: 'not-checked', reason: 'slow' });
      const file = join(folder(), nameOf(number));
      // Kept open: a file nobody holds may give its clusters back when memory is short.
      const handle = await open(file, 'wx');
      if (step.kind === 'occupy') {
        occupying.push({ file, handle });
        if (!(await occupy(file, step.bytes)))
          return await leave({ kind: 'not-checked', reason: 'file-system' });
        continue;
      }
      probes.push(number);
      try {
        await handle.writeFile(pattern(nonce, number, step.bytes));
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    await letGo();
    return await judge(
      plan.reachBytes,
      plan.steps.map((step) => step.bytes),
    );
  } catch (error) {
    await letGo();
    const there = await mounting.stillThere();
    if (there === 'gone') return fail('medium-removed', { slot });
    if (there === 'another') return fail('medium-swapped', { slot });
    await clean();
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EROFS' || code === 'EACCES') return fail('medium-write-protected', { slot });
    // The free space is scattered or another program took of it.
    if (code === 'ENOSPC') return ok({ kind: 'not-checked', reason: 'in-use' });
    return fail('medium-io-error', { slot });
  }

  async function judge(reachBytes: number, sizes: readonly number[]): Promise<Result<CapacityVerdict>> {
    const remounted = await mounting.remount();
    const there = await mounting.stillThere();
    if (there === 'gone') return fail('medium-removed', { slot });
    if (there === 'another') return fail('medium-swapped', { slot });
    // It could be mounted before the probes were written.
    if (!remounted.ok) return fail('medium-false-capacity', { slot });
    for (const number of probes) {
      const read = await readFile(join(folder(), nameOf(number))).catch(() => undefined);
      if (read?.equals(pattern(nonce, number, sizes[number] ?? 0)) === true) continue;
      await clean();
      return fail('medium-false-capacity', { slot });
    }
    await rm(folder(), { recursive: true });
    return ok({ kind: 'holds', reachBytes });
  }

  async function leave(verdict: CapacityVerdict): Promise<Result<CapacityVerdict>> {
    await letGo();
    await clean();
    return ok(verdict);
  }

  async function letGo(): Promise<void> {
    for (const { file, handle } of occupying.splice(0)) {
      await handle.close().catch(() => undefined);
      await rm(file, { force: true }).catch(() => undefined);
    }
  }

  /** On a medium that has been found out nothing more can be promised. */
  async function clean(): Promise<void> {
    await rm(folder(), { recursive: true, force: true }).catch(() => undefined);
  }
}

const nameOf = (number: number): string => `P${number.toString().padStart(3, '0')}`;

/** Different at every place and in every check. */
function pattern(nonce: Uint8Array, number: number, bytes: number): Buffer {
  const block = createHash('sha512').update(nonce).update(nameOf(number)).digest();
  return Buffer.alloc(bytes, block);
}

/** fallocate(2) with FALLOC_FL_KEEP_SIZE: on vfat it chains clusters and writes nothing but the FAT. */
function takeClusters(file: string, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('fallocate', ['--keep-size', '--length', bytes.toString(), file], (error) => resolve(!error));
  });
}
