import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { dataFolder } from '../launch/data-folder.ts';
import { faultLine } from '../launch/fault-line.ts';
import { launch, type House } from '../launch/launch.ts';
import { productVersion } from '../launch/product-version.ts';
import { openPages } from '../launch/pages.ts';
import { fail, type Fault } from '../shared/result/index.ts';
import { runsAsRoot } from './browser-process.ts';
import { openChromium, type ChromiumBrowser } from './chromium-browser.ts';
import { findChromium } from './find-chromium.ts';

/* The station in the machine's Chromium, as a program: two windows, and a terminal that says what happens. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const tell = (line: string): void => void process.stdout.write(`  ${line}\n`);

process.exitCode = await run();

async function run(): Promise<number> {
  const program = findChromium();
  if (program === undefined) return refuse(fail('browser-missing').fault);
  if (runsAsRoot()) tellAboutRoot();

  const pages = openPages(join(root, 'dist/renderer'));
  const opened = await openChromium({ program, headless: false, size: { width: 1280, height: 800 } }, pages);
  if (!opened.ok) return refuse(opened.fault);
  const browser = opened.value;
  const house = await launch({
    dataFolder: dataFolder(process.env),
    host: { kind: 'chromium', printToPdf: (html, file) => browser.printToPdf(html, file) },
    phoneClientFile: join(root, 'dist/phone-client/client.html'),
    resourcesFolder: join(root, 'resources'),
    programs: {
      bank: new URL('../bank-server/embedded.ts', import.meta.url),
      devices: new URL('../../native/drivers/device-process/program.ts', import.meta.url),
      operator: new URL('../operator-platform/program.ts', import.meta.url),
    },
    version: productVersion(root),
    tell,
  });
  if (!house.ok) {
    await browser.close();
    return refuse(house.fault);
  }

  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());
  void browser.ended.then(() => end.abort());
  const fault = await openSeats(browser, house.value.attach, end);
  if (fault === undefined) {
    tell(`The station is open. Its data is in ${house.value.folders.data}.`);
    tell('The customer’s own screen is the second window; on one display it lies behind (Alt+Tab).');
    await aborted(end.signal);
  }
  await browser.close();
  await house.value.stop();
  return fault === undefined ? 0 : refuse(fault);
}

type Attach = House['attach'];

/** The officer's window ends the station when it is closed; the customer's comes back, since the counter needs it. */
async function openSeats(
  browser: ChromiumBrowser,
  attach: Attach,
  end: AbortController,
): Promise<Fault | undefined> {
  browser.onWindowClosed((seat) => {
    if (seat === 'officer') end.abort();
    else if (!end.signal.aborted) void openSeat(browser, attach, 'customer');
  });
  return (await openSeat(browser, attach, 'officer')) ?? (await openSeat(browser, attach, 'customer'));
}

async function openSeat(
  browser: ChromiumBrowser,
  attach: Attach,
  seat: 'officer' | 'customer',
): Promise<Fault | undefined> {
  const window = await browser.openWindow(seat);
  if (!window.ok) return window.fault;
  const attached = attach(window.value.port, seat);
  const stop = browser.onWindowClosed((closed) => {
    if (closed !== seat) return;
    stop();
    attached.detach();
  });
  return undefined;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}

function refuse(fault: Fault): number {
  process.stderr.write(`\n${faultLine(process.env.LANG ?? 'en', fault)}\n`);
  return 1;
}

function tellAboutRoot(): void {
  tell('');
  tell('!! Started as root: Chromium’s sandbox is OFF (--no-sandbox). A fault in a page could reach the');
  tell('!! whole machine. Good enough to try the station out; for work at a counter start it as a user.');
  tell('');
}
