import { registerHooks } from 'node:module';

/*
 * Stands in for Electron's own module, for machines without its program: `node --import` this, then the
 * bundle. It does nothing but say, one JSON line each on stdout, what the host asked of it; and it answers
 * the questions that the host has for it. `close officer` on stdin closes the officer's window.
 */

const source = `
import { EventEmitter } from 'node:events';
const say = (what) => process.stdout.write(JSON.stringify(what) + '\\n');
const windows = [];
let handler;

class Contents extends EventEmitter {
  mainFrame = { url: '' };
  isDestroyed() { return false; }
  setWindowOpenHandler(f) { say({ windowOpen: f({ url: 'https://elsewhere.example' }).action }); }
  send(channel, text) { say({ sent: channel, frame: JSON.parse(text).kind }); }
  async printToPDF() { return Buffer.from('%PDF-'); }
}
export class BrowserWindow extends EventEmitter {
  webContents = new Contents();
  constructor(options) {
    super();
    this.options = options;
    windows.push(this);
    say({ window: options.webPreferences });
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url) {
    this.webContents.mainFrame.url = url;
    const answer = await handler(new Request(url));
    say({ loaded: url, status: answer.status, policy: answer.headers.get('content-security-policy') });
    this.emit('ready-to-show');
  }
  removeMenu() {} maximize() {} show() { say({ shown: true }); } focus() {} restore() {} destroy() {}
  isMinimized() { return false; }
}
const session_ = Object.assign(new EventEmitter(), {
  setPermissionRequestHandler(f) { f({}, 'media', (yes) => say({ permission: 'media', yes })); },
  setPermissionCheckHandler(f) { say({ permission: 'geolocation', yes: f({}, 'geolocation') }); },
  setDevicePermissionHandler() {},
  setCertificateVerifyProc(f) { f({}, (code) => say({ certificate: code })); },
  setSpellCheckerEnabled() {},
  webRequest: {
    onBeforeRequest(f) {
      for (const url of ['https://station.local/index.html', 'https://elsewhere.example/', 'file:///etc/passwd'])
        f({ url }, (answer) => say({ request: url, cancelled: answer.cancel }));
    },
  },
  protocol: { handle(scheme, f) { say({ scheme }); handler = f; } },
});
export const session = { defaultSession: session_ };
export const screen = { getPrimaryDisplay: () => ({ id: 1 }), getAllDisplays: () => [{ id: 1 }, { id: 2, bounds: { x: 1920, y: 0 } }] };
export const dialog = { showErrorBox: (title, text) => say({ error: text }) };
export const ipcMain = new EventEmitter();
export const app = Object.assign(new EventEmitter(), {
  enableSandbox: () => say({ sandbox: true }),
  requestSingleInstanceLock: () => true,
  whenReady: async () => {},
  getLocale: () => 'en',
  getVersion: () => '0.0.0',
  exit: (code) => process.exit(code),
  quit() {
    app.emit('before-quit');
    let prevented = false;
    app.emit('will-quit', { preventDefault: () => { prevented = true; } });
    if (!prevented) process.exit(0);
  },
});
process.stdin.setEncoding('utf8').on('data', (text) => {
  if (text.startsWith('close officer')) windows[0].emit('closed');
  if (text.startsWith('close customer')) windows[1].emit('closed');
  if (text.startsWith('call')) {
    const contents = windows[0].webContents;
    const frame = JSON.stringify({ kind: 'call', id: 1, name: 'station.describe', input: {} });
    ipcMain.emit('cardwright-frame', { sender: contents, senderFrame: contents.mainFrame }, frame);
  }
});
`;

registerHooks({
  resolve(specifier, context, next) {
    return specifier === 'electron' ? { url: 'fake:electron', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    return url === 'fake:electron' ? { format: 'module', source, shortCircuit: true } : next(url, context);
  },
});
