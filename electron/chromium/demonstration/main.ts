import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultLine } from '../../launch/fault-line.ts';
import { launch, type House } from '../../launch/launch.ts';
import { openPages } from '../../launch/pages.ts';
import { productVersion } from '../../launch/product-version.ts';
import { fail, type Fault } from '../../shared/result/index.ts';
import { partPath } from '../../../native/applications/sd/index.ts';
import { openChromium, type ChromiumBrowser } from '../chromium-browser.ts';
import { findChromium } from '../find-chromium.ts';
import { openAlbum, type Album } from './album.ts';
import { customerLogsIn } from './customer-logs-in.ts';
import { playCustomer } from './customers.ts';
import { handAt, Stuck, type Hand } from './hand.ts';
import { fromDrawer, issueAtCounter, type IssuedCard } from './issue-at-counter.ts';
import { lookAtSdCard } from './look-at-sd-card.ts';
import { lookAtSim } from './look-at-sim.ts';
import { managerVerifiesLog, signIn, signOut, technicianInspects } from './people.ts';
import { proof, type Proof } from './proof.ts';
import { writeReadme } from './write-readme.ts';

/*
 * The guided demonstration: the whole station in a browser without a window, driven as three officers and
 * two customers would drive it. Leaves everything in out/demo; exit code 0 only when all of it is proven.
 */

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = resolve(values.out ?? join(root, 'out/demo'));
const started = Date.now();
const officerSize = { width: 1280, height: 800 };
const customerSize = { width: 1024, height: 768 };
/** It comes with the customer's own files, which must still be there afterwards. */
const sdCardItem = 'sd-card-with-photos';
const simReader = 'Training Reader 1';
const tell = (line: string): void =>
  void process.stdout.write(`  ${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}\n`);

async function demonstrate(): Promise<number> {
  const program = findChromium();
  if (program === undefined) return refuse(fail('browser-missing').fault);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'receipts'), { recursive: true });
  const data = mkdtempSync(join(tmpdir(), 'cardwright-demonstration-'));
  const pages = openPages(join(root, 'dist/renderer'));
  const opened = await openChromium({ program, headless: true, size: officerSize }, pages);
  if (!opened.ok) return refuse(opened.fault);
  const browser = opened.value;
  try {
    const house = await launch({
      dataFolder: data,
      host: { kind: 'chromium', printToPdf: (html, file) => browser.printToPdf(html, file) },
      phoneClientFile: join(root, 'dist/phone-client/client.html'),
      resourcesFolder: join(root, 'resources'),
      version: productVersion(root),
      realDevices: false,
      programs: {
        bank: new URL('../../bank-server/embedded.ts', import.meta.url),
        devices: new URL('../../../native/drivers/device-process/program.ts', import.meta.url),
        operator: new URL('../../operator-platform/program.ts', import.meta.url),
      },
      tell,
    });
    if (!house.ok) return refuse(house.fault);
    return await inHouse(program, browser, house.value);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    tell(`Stopped: ${error.message}`);
    return 1;
  } finally {
    await browser.close();
    rmSync(data, { recursive: true, force: true });
  }
}

async function inHouse(program: string, browser: ChromiumBrowser, house: House): Promise<number> {
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await house.stop();
  };
  const album = openAlbum(join(out, 'screens'));
  let teller: Hand | undefined;
  try {
    teller = await openHand(browser, house, 'officer');
    const customer = await openHand(browser, house, 'customer');
    tell('The station is open; two customers are waiting.');
    await signIn(teller, 'teller', album);
    await album.take(customer, 'customer-idle');

    const counter = { teller, customer, album };
    const sdCard = await issueAtCounter(
      counter,
      playCustomer('C-100003', '246813'),
      fromDrawer('sd-card', sdCardItem),
    );
    tell('An SD card was issued and handed over.');
    const sim = await issueAtCounter(counter, playCustomer('C-100007', '135792'), fromDrawer('sim', 'sim-1'));
    tell('A SIM was issued and handed over.');
    await signOut(teller);

    const log = await managerVerifiesLog(teller, album);
    tell(`The manager verified the log: ${log.words}`);
    await signIn(teller, 'technician');
    const inspection = await technicianInspects(teller, album, simReader, 'technician-sim');
    tell(`The technician compared the SIM: ${inspection.join(', ')}`);
    await signOut(teller);

    const caFile = join(out, 'bank-ca.pem');
    copyFileSync(join(house.folders.credentials, 'bank-ca.pem'), caFile);
    const login = await customerLogsIn(
      program,
      sdCard.customer,
      join(volumeOf(house), partPath(house.bank.bankId, 'client')),
      { portalOrigin: house.bank.portalOrigin, caFile },
      album,
      join(root, 'dist/renderer'),
    );
    tell('The customer opened the phone client from the SD card and logged in at the bank.');
    await stop();

    return await prove(house, caFile, { sdCard, sim }, album, log, inspection, login);
  } catch (error) {
    if (teller !== undefined) await keepLastSight(teller);
    throw error;
  } finally {
    await stop();
  }
}

const drawerOf = (house: House): string => join(house.folders.station, 'training-drawer');
const volumeOf = (house: House): string => join(drawerOf(house), 'items', sdCardItem, 'volume');

async function prove(
  house: House,
  caFile: string,
  { sdCard, sim }: { readonly sdCard: IssuedCard; readonly sim: IssuedCard },
  album: Album,
  log: { readonly intact: boolean; readonly words: string },
  inspection: readonly string[],
  login: readonly Proof[],
): Promise<number> {
  const receipts = [...sdCard.receipts, ...sim.receipts].map((path) => {
    copyFileSync(path, join(out, 'receipts', basename(path)));
    return basename(path);
  });
  const proofs: readonly Proof[] = [
    ...(await lookAtSdCard(sdCard, volumeOf(house), join(out, 'sd-card'), {
      bankId: house.bank.bankId,
      caFile,
    })),
    ...(await lookAtSim(sim, drawerOf(house), simReader, join(out, 'sim'), caFile)),
    ...login,
    proof('The log’s chain is whole', log.intact),
    proof(
      'Card, bank and CA agree on the SIM',
      inspection.length > 0 &&
        inspection.every((line) => !line.endsWith('differs') && !line.endsWith('missing')),
    ),
    proof('Each receipt was printed in both languages', new Set(receipts).size === 4),
  ];
  const took = `${((Date.now() - started) / 1000).toFixed(0)} s`;
  writeReadme(out, {
    version: productVersion(root),
    took,
    cards: [sdCard, sim],
    screenshots: album.taken,
    receipts,
    logWords: log.words,
    inspection,
    proofs,
  });
  for (const { claim, holds, detail } of proofs)
    tell(`${holds ? 'proven' : 'NOT PROVEN'}: ${claim}${detail === undefined ? '' : ` (${detail})`}`);
  const failed = proofs.filter((each) => !each.holds).length;
  tell(
    failed === 0 ? `All is in ${out}; begin with README.txt.` : `${failed} of ${proofs.length} not proven.`,
  );
  return failed === 0 ? 0 : 1;
}

async function openHand(browser: ChromiumBrowser, house: House, seat: 'officer' | 'customer'): Promise<Hand> {
  const window = await browser.openWindow(seat);
  if (!window.ok) throw new Stuck(faultLine('en', window.fault));
  house.attach(window.value.port, seat);
  return handAt(window.value, seat === 'officer' ? officerSize : customerSize);
}

async function keepLastSight(hand: Hand): Promise<void> {
  try {
    writeFileSync(join(out, 'last-sight.png'), await hand.picture());
  } catch {
    // the page is gone too
  }
}

function refuse(fault: Fault): number {
  process.stderr.write(`\n${faultLine(process.env.LANG ?? 'en', fault)}\n`);
  return 1;
}

process.exitCode = await demonstrate();
