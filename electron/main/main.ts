import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, session } from 'electron';
import { dataFolder } from '../launch/data-folder.ts';
import { faultLine } from '../launch/fault-line.ts';
import { launch, type House } from '../launch/launch.ts';
import { openPages } from '../launch/pages.ts';
import { closeContents, closeSession } from './close-doors.ts';
import { printToPdf } from './print-to-pdf.ts';
import { servePages } from './serve-pages.ts';
import { openStationWindow, type StationWindow } from './station-window.ts';

/*
 * The station in Electron. Built to dist/electron/main/main.js; the folders below are relative to it,
 * in a checkout and in an installed application alike.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const preload = new URL('../preload/preload.cjs', import.meta.url);

app.enableSandbox();
if (app.requestSingleInstanceLock()) void app.whenReady().then(open);
else app.quit(); // the first instance is told and comes to the front

async function open(): Promise<void> {
  const pages = openPages(join(root, 'dist/renderer'));
  closeSession(session.defaultSession);
  servePages(session.defaultSession, pages);
  app.on('web-contents-created', (_event, contents) => closeContents(contents));

  const house = await launch({
    dataFolder: dataFolder(process.env),
    host: { kind: 'electron', printToPdf: (html, file) => printToPdf(pages, html, file) },
    phoneClientFile: join(root, 'dist/phone-client/client.html'),
    resourcesFolder: join(root, 'resources'),
    programs: {
      bank: new URL('../bank-server/embedded.js', import.meta.url),
      devices: new URL('../device-process/program.js', import.meta.url),
      operator: new URL('../operator-platform/program.js', import.meta.url),
    },
    version: app.getVersion(),
    tell: (line) => process.stdout.write(`${line}\n`),
  });
  if (!house.ok) {
    dialog.showErrorBox('Cardwright', faultLine(app.getLocale(), house.fault));
    app.exit(1);
    return;
  }
  run(house.value);
}

function run(house: House): void {
  const seat = (name: 'officer' | 'customer'): StationWindow => {
    const opened = openStationWindow(name, preload);
    const attached = house.attach(opened.port, name);
    opened.window.once('closed', () => attached.detach());
    return opened;
  };

  const officer = seat('officer');
  let stopping = false;
  const openCustomer = (): void => {
    // The counter needs the customer's screen as long as it is open.
    seat('customer').window.once('closed', () => {
      if (!stopping) openCustomer();
    });
  };
  openCustomer();

  officer.window.once('closed', () => app.quit());
  app.on('second-instance', () => {
    if (officer.window.isMinimized()) officer.window.restore();
    officer.window.focus();
  });
  app.on('before-quit', () => {
    stopping = true;
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    void house.stop().finally(() => app.exit(0));
  });
}
