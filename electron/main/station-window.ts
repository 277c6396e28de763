import { fileURLToPath } from 'node:url';
import { BrowserWindow, ipcMain, screen, type Display } from 'electron';
import type { FramePort } from '../shared/contract/index.ts';
import { pageOf } from '../launch/pages.ts';
import { closeContents } from './close-doors.ts';
import { ipcFramePort } from './ipc-frame-port.ts';
import { reopening } from '../launch/reopening.ts';

export interface StationWindow {
  readonly port: FramePort;
  readonly window: BrowserWindow;
}

/** The officer's window fills the first display; the customer's fills the second when there is one. */
export function openStationWindow(seat: 'officer' | 'customer', preload: URL): StationWindow {
  const display = seat === 'officer' ? undefined : secondDisplay();
  const window = new BrowserWindow({
    title: 'Cardwright',
    width: seat === 'officer' ? 1280 : 900,
    height: 800,
    show: false,
    backgroundColor: '#faf8f3',
    autoHideMenuBar: true,
    ...(display === undefined ? {} : { x: display.bounds.x, y: display.bounds.y, fullscreen: true }),
    webPreferences: {
      preload: fileURLToPath(preload),
      additionalArguments: [`--cardwright-seat=${seat}`],
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: process.env.CARDWRIGHT_DEVTOOLS === '1',
    },
  });
  closeContents(window.webContents);
  window.removeMenu();
  const port = ipcFramePort(ipcMain, window.webContents);
  window.once('closed', () => port.close());
  window.once('ready-to-show', () => {
    if (seat === 'officer') window.maximize();
    window.show();
  });
  const load = (): void => void window.loadURL(pageOf[seat]).catch(() => {}); // closed while it loaded
  const mayReopen = reopening();
  window.webContents.on('render-process-gone', () => {
    if (mayReopen()) load();
  });
  load();
  return { port, window };
}

function secondDisplay(): Display | undefined {
  const primary = screen.getPrimaryDisplay().id;
  return screen.getAllDisplays().find((display) => display.id !== primary);
}
