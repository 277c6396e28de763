import { existsSync, readFileSync } from 'node:fs';

/** What the kernel counts in (USER_HZ), milliseconds. */
const TICK_MS = 10;

/**
 * Processor time these processes have used until now, with that of children they have waited for; milliseconds. What
 * else the machine does changes how long work takes, but hardly what it costs.
 */
export const cpuTime = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + ticksOf(pid) * TICK_MS, 0);

/** A process and those it has started. */
export const withChildren = (pid: number): readonly number[] => {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [pid, ...children.split(' ').flatMap((each) => (each === '' ? [] : [Number(each)]))];
};

const ticksOf = (pid: number): number => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0; // it has ended, and its parent counts it
  }
  // proc(5): behind the name in parentheses the state is field 3; utime, stime, cutime, cstime are 14 to 17
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
};
