import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyManifest } from '../../../native/applications/sd/index.ts';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type { SystemMediaDriver } from '../../../native/drivers/media/system-media-driver.ts';
import type { MediaSlotState } from '../../../native/drivers/media-driver.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  inWords,
  moved,
  must,
  startIssuance,
  tinyClient,
  type TestStation,
} from '../../harness/start-station.ts';
import type { Hands, Scenario } from '../guest/run.ts';
import { answerAll } from './answer-all.ts';
import { pause } from './plugged-in.ts';
import { startPatiently } from './start-patiently.ts';

/** One card, from the customer at the counter to a look at the medium with other people's programs. */
export interface IssuedCard {
  readonly slot: string;
  /** Every state of the run, in order. */
  readonly states: readonly string[];
  readonly outcome: string;
  readonly ms: number;
  /** `fsck.vfat -n` finds nothing to say. */
  readonly fsckClean: boolean;
  readonly files: readonly string[];
  /** The manifest on the card: our check and that of `openssl cms` against the bank's CA. */
  readonly manifest: { readonly ours: boolean; readonly openssl: boolean };
}

export interface IssuedCards {
  readonly bankStartMs: number;
  readonly stationStartMs: number;
  readonly cards: readonly (IssuedCard & { readonly fault: string })[];
}

/** What the hands outside want to see issued, one after another. */
export interface Order {
  /** Beginning of the kernel's name: sd, mmcblk. */
  readonly slot: string;
  /** The medium to have in the USB reader; absent: leave it. */
  readonly node?: string;
  readonly serial?: string;
  /** The reader is pulled when the run comes to this step, and put in again when it has failed. */
  readonly pullAt?: string;
  /** Then another card comes back in its place, alike in everything that the reader says. */
  readonly swapFor?: string;
}

/** A whole bank and a whole station run in the guest, the station's devices in their own process as always. */
export const scenario: Scenario = async (hands): Promise<IssuedCards> => {
  let since = performance.now();
  const lap = () => {
    const ms = Math.round(performance.now() - since);
    since = performance.now();
    return ms;
  };
  const bank = await startBank();
  const bankStartMs = lap();
  const built = join(import.meta.dirname, '../../../dist/phone-client/client.html');
  const template = existsSync(built) ? readFileSync(built, 'utf8') : tinyClient;
  const station = await startPatiently({
    bank,
    options: {
      devices: undefined,
      realDevices: true,
      phoneClient: () => Promise.resolve(template),
      bankCheckEveryMs: 3_600_000,
    },
  });
  const stationStartMs = lap();
  // A second pair of eyes on the same slots.
  const eyes = linuxMediaDriver({ pollMs: 200 });
  const counter = { bank, station, eyes, hands };

  const orders = (await hands('orders')) as readonly Order[];
  const cards: (IssuedCard & { fault: string })[] = [];
  for (const [number, order] of orders.entries()) {
    const customer = bank.customers[number];
    if (!customer) throw new Error('more orders than training customers');
    if (order.node !== undefined) await plug(counter, order);
    cards.push(await issueTo(counter, order, customer.customerId));
    if (order.node !== undefined) await unplug(counter);
  }
  await station.stop();
  await bank.stop();
  await eyes.stop();
  if (station.bugs.length > 0) throw new Error(station.bugs.join('\n'));
  return { bankStartMs, stationStartMs, cards };
};

interface Counter {
  readonly bank: TestBank;
  readonly station: TestStation;
  readonly eyes: SystemMediaDriver;
  readonly hands: Hands;
}

/** During an operation, or between two: then the whole reader is unknown. */
const goneFaults = ['medium-removed', 'medium-unknown', 'no-medium'];

const plug = ({ hands }: Counter, { node, serial }: Order) => hands('plug', { node, serial });

async function unplug({ hands, eyes }: Counter): Promise<void> {
  await hands('unplug');
  await slotWith(eyes, 'sd', false);
  await pause(500);
}

async function issueTo(
  counter: Counter,
  { slot: slotPrefix, pullAt, node, serial, swapFor }: Order,
  customerId: string,
): Promise<IssuedCard & { fault: string }> {
  const { bank, station, eyes, hands } = counter;
  const started = performance.now();
  const { slot } = await slotWith(eyes, slotPrefix, true);
  const { teller } = station;
  let begun = await startIssuance(station, bank, customerId);
  // A machine in a machine that many share: the bank in it may be slower than the station waits.
  for (let tries = 0; !begun.ok && begun.fault.code === 'bank-timeout' && tries < 5; tries += 1)
    begun = await startIssuance(station, bank, customerId);
  const { runId } = must(begun);
  const states: string[] = [];
  let pulled: Promise<unknown> | undefined;
  let pulls = 0;
  const pullOnce = () => {
    pulls += 1;
    if (pulls === 1) pulled = hands('unplug');
  };
  const stop = teller.on('runs.changed', (view) => {
    if (view.runId !== runId) return;
    states.push(inWords(view));
    const seconds = (performance.now() - started) / 1000;
    console.log(`${slot} ${seconds.toFixed(1)} s: ${inWords(view)}`);
    if (pullAt !== undefined && inWords(view) === `working ${pullAt}`) pullOnce();
  });
  let view = await answerAll(station, bank, runId, { reader: slot, kind: 'sd-card' });
  let fault = 'none';
  let now = slot;
  for (let tries = 0; view.state.kind === 'failed' && tries < 5; tries += 1) {
    if (pulled && goneFaults.includes(view.state.fault.code)) {
      fault = view.state.fault.code;
      await pulled;
      pulled = undefined;
      await slotWith(eyes, slotPrefix, false);
      await pause(500);
      await hands('plug', { node: swapFor ?? node, serial });
      now = (await slotWith(eyes, slotPrefix, true)).slot;
      repair(now);
      // A machine in a machine that many share may be slower than the bank's time limit: the teller goes on.
    } else if (view.state.fault.code !== 'bank-timeout') break;
    await moved(teller, runId, () => teller.call('runs.resume', { runId }));
    view = await answerAll(station, bank, runId, { reader: now, kind: 'sd-card' });
  }
  if (view.state.kind === 'failed' && view.state.fault.code === 'medium-swapped') {
    fault = 'medium-swapped';
    view = await moved(teller, runId, () => teller.call('runs.undo', { runId }));
  }
  stop();
  const ms = Math.round(performance.now() - started);
  const outcome =
    view.state.kind === 'failed'
      ? `${inWords(view)} ${JSON.stringify(view.state.fault.data)}`
      : inWords(view);
  return { slot: slotPrefix, states, outcome, ms, fault, ...(await lookAt(now, bank)) };
}

/** With the means of any Linux, none of ours. */
async function lookAt(
  slot: string,
  bank: TestBank,
): Promise<Pick<IssuedCard, 'fsckClean' | 'files' | 'manifest'>> {
  const device = `/dev/${slot}`;
  // The station looks at a medium again when the run has let go of it, and then leaves it alone.
  for (let quiet = 0, tries = 0; quiet < 15; tries += 1) {
    if (tries === 300) throw new Error(`${device} stays mounted`);
    quiet = isMounted(device) ? 0 : quiet + 1;
    await pause(200);
  }
  const fsckClean = succeeds('fsck.vfat', ['-n', device]);
  const folder = mkdtempSync(join(tmpdir(), 'look-'));
  execFileSync('mount', ['-t', 'vfat', '-o', 'ro', device, folder]);
  const files = execFileSync('find', ['.', '-type', 'f'], { cwd: folder, encoding: 'utf8' })
    .trim()
    .split('\n')
    .toSorted();
  const manifestFile = files.find((file) => file.endsWith('manifest.p7s'));
  const caFile = join(bank.stationFolder, 'bank-ca.pem');
  const manifest = { ours: false, openssl: false };
  if (manifestFile !== undefined) {
    const bytes = readFileSync(join(folder, manifestFile));
    manifest.ours = verifyManifest(bytes, readFileSync(caFile, 'utf8')).ok;
    const copy = join(mkdtempSync(join(tmpdir(), 'manifest-')), 'manifest.p7s');
    writeFileSync(copy, bytes);
    manifest.openssl = succeeds('openssl', [
      ...['cms', '-verify', '-binary', '-inform', 'DER', '-in', copy, '-CAfile', caFile],
      ...['-purpose', 'any', '-out', '/dev/null'],
    ]);
  }
  execFileSync('umount', [folder]);
  return { fsckClean, files, manifest };
}

async function slotWith(eyes: SystemMediaDriver, prefix: string, medium: boolean): Promise<MediaSlotState> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = eyes
      .slots()
      .find((one) => one.slot.startsWith(prefix) && one.medium?.fileSystem === 'fat32');
    if (medium && found) return found;
    if (!medium && !found) return { slot: prefix, label: '', virtual: false, medium: undefined };
    await pause(100);
  }
  throw new Error(`waited in vain; slots: ${JSON.stringify(eyes.slots())}`);
}

/** As a desktop does when a card comes back that was pulled; it answers 1 after a repair. */
const repair = (slot: string): void => void succeeds('fsck.vfat', ['-a', `/dev/${slot}`]);

const isMounted = (device: string): boolean => readFileSync('/proc/mounts', 'utf8').includes(`${device} `);

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
