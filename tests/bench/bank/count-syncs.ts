import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * How often these processes had the disk flushed while the work went on, as the kernel saw it (strace).
 * Undefined where strace is not there or may not look.
 */
export const countSyncs = async (
  pids: readonly number[],
  work: () => Promise<unknown>,
): Promise<number | undefined> => {
  if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status !== 0) return undefined;
  const strace = spawn(
    'strace',
    ['-f', '-e', 'trace=fsync,fdatasync', ...pids.flatMap((pid) => ['-p', String(pid)])],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let seen = '';
  strace.stderr.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  const ended = once(strace, 'exit');
  for (let tries = 0; tries < 100 && !seen.includes('attached'); tries += 1) await wait(50);
  if (!seen.includes('attached')) {
    strace.kill('SIGTERM');
    return undefined;
  }
  await work();
  strace.kill('SIGINT');
  await ended;
  // A call that another thread interrupts is written in two lines; only its beginning counts.
  return seen.match(/\b(?:fsync|fdatasync)\(/g)?.length ?? 0;
};
