import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockStation } from '../../../electron/launch/single-station.ts';

describe('the lock of a data folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cardwright-lock-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const file = (): string => join(folder, 'station.pid');

  it('is taken, told and given back', () => {
    const lock = lockStation(folder);
    expect(readFileSync(file(), 'utf8')).toBe(`${process.pid}\n`);
    if (lock.ok) lock.value.release();
    expect(lockStation(folder).ok).toBe(true);
  });

  it('is refused while another station has it', async () => {
    const forever = 'process.stdout.write("up"); setInterval(() => {}, 1000)';
    const other = spawn(process.execPath, ['-e', forever], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => other.stdout.once('data', resolve)); // Node has renamed itself by then
    writeFileSync(file(), `${other.pid}\n`);
    const refused = lockStation(folder);
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
    expect(refused).toEqual({
      ok: false,
      fault: { code: 'station-runs-already', data: { folder, process: other.pid } },
    });
    expect(lockStation(folder).ok).toBe(true); // its holder is gone now
  });

  it.each(['', 'nonsense', '-1', '999999999'])('of a station that was killed is taken over (%s)', (text) => {
    writeFileSync(file(), text);
    expect(lockStation(folder).ok).toBe(true);
  });

  it('of a number that belongs to another program now is taken over', () => {
    if (process.platform !== 'linux') return;
    writeFileSync(file(), '1');
    const init = readFileSync('/proc/1/cmdline', 'utf8');
    expect(lockStation(folder).ok).toBe(!/node|electron|cardwright/i.test(init));
  });
});
