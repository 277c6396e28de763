import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type { Scenario } from '../../devicelab/guest/run.ts';
import { pluggedIn } from '../../devicelab/scenarios/plugged-in.ts';
import { timed } from '../bench.ts';
import { copyByHand, issue, readContent, writeAndReadRaw } from './contenders.ts';

/** Milliseconds, and flushes that the kernel sent to the device. */
export interface MeasuredOnVfat {
  readonly ours: number[];
  readonly byHand: number[];
  readonly raw: number[];
  readonly flushes: number[];
}

export const scenario: Scenario = async (hands): Promise<MeasuredOnVfat> => {
  const { folder, rounds } = (await hands('work')) as { folder: string; rounds: number };
  const content = readContent(folder);
  const measured: MeasuredOnVfat = { ours: [], byHand: [], raw: [], flushes: [] };
  const makeCold = () => void execFileSync('blockdev', ['--flushbufs', '/dev/sda']);
  // The first round only warms up.
  for (let round = 0; round <= rounds; round += 1) {
    execFileSync('mkfs.vfat', ['-F', '32', '-i', '1234ABCD', '/dev/sda'], { stdio: 'ignore' });
    makeCold();
    execFileSync('udevadm', ['settle', '--timeout=20']);
    const driver = linuxMediaDriver();
    const { slot } = await pluggedIn(driver);
    const before = flushes();
    const ours = await timed(() => issue(driver, slot, content));
    const flushed = flushes() - before;
    await driver.stop();
    const byHand = await timed(() => copyByHand('/dev/sda', folder));
    makeCold();
    const raw = await timed(() => writeAndReadRaw('/dev/sda', content.client, makeCold));
    console.log(`round ${round.toString()}: ${JSON.stringify({ ours, byHand, raw, flushed })}`);
    if (round === 0) continue;
    measured.ours.push(ours);
    measured.byHand.push(byHand);
    measured.raw.push(raw);
    measured.flushes.push(flushed);
  }
  return measured;
};

/** Documentation/block/stat.rst, field 16. */
const flushes = () => Number(readFileSync('/sys/block/sda/stat', 'utf8').trim().split(/\s+/)[15]);
