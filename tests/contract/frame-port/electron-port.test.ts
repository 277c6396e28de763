import { EventEmitter } from 'node:events';
import { vi } from 'vitest';
import { frameChannel, ipcFramePort, type IpcSender } from '../../../electron/main/ipc-frame-port.ts';
import type { Frame, FramePort } from '../../../electron/shared/contract/index.ts';
import { framePortSuite, type PortUnderTest } from './frame-port.suite.ts';

/*
 * The real preload and the real port of the Electron host, joined by a fake of Electron's two IPC objects
 * (same methods, asynchronous, texts only): the Electron binary is not on every machine that runs this.
 */

interface Exposed {
  seat: string;
  send(frame: unknown): void;
  onFrame: FramePort['onFrame'];
}

const fake = vi.hoisted((): { exposed: unknown; ipcRenderer: unknown } => ({
  exposed: undefined,
  ipcRenderer: undefined,
}));
vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld(_name: string, value: unknown) {
      fake.exposed = value;
    },
  },
  get ipcRenderer() {
    return fake.ipcRenderer;
  },
}));

async function open(): Promise<PortUnderTest> {
  const ipcMain = new EventEmitter();
  const inPage = new EventEmitter();
  const mainFrame = { url: 'https://station.local/index.html' };
  const contents = {
    mainFrame,
    isDestroyed: () => false,
    send: (channel: string, text: string) => setImmediate(() => inPage.emit(channel, {}, text)),
  };
  const arrive = (event: IpcSender, text: unknown): Promise<void> =>
    new Promise((resolve) => setImmediate(() => resolve(void ipcMain.emit(frameChannel, event, text))));
  const own: IpcSender = { sender: contents, senderFrame: mainFrame };
  fake.ipcRenderer = Object.assign(inPage, {
    send: (_channel: string, text: string) => void arrive(own, text),
  });
  vi.resetModules();
  await import('../../../electron/preload/preload.ts');
  const exposed = fake.exposed as Exposed;
  const port = ipcFramePort(ipcMain, contents);

  const heard = new Map<string, { frames: Frame[]; stop: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const stranger =
    (event: IpcSender) =>
    (frame: unknown): Promise<void> =>
      arrive(event, JSON.stringify(frame));
  return {
    station: port,
    page: {
      seat: async () => exposed.seat,
      send: async (frame) => exposed.send(frame),
      async listen() {
        const name = `listener ${heard.size}`;
        const frames: Frame[] = [];
        heard.set(name, { frames, stop: exposed.onFrame((frame) => frames.push(frame)) });
        return name;
      },
      unlisten: async (name) => heard.get(name)!.stop(),
      heard: async (name) => heard.get(name)!.frames,
      sendRaw: (text) => arrive(own, text),
    },
    strangers: {
      'another window': stranger({ sender: {}, senderFrame: mainFrame }),
      'a frame inside the page': stranger({ sender: contents, senderFrame: { url: mainFrame.url } }),
      'a frame that is gone': stranger({ sender: contents, senderFrame: null }),
      'another origin': async (frame) => {
        mainFrame.url = 'https://station.local.example/index.html';
        await arrive(own, JSON.stringify(frame));
        mainFrame.url = 'https://station.local/index.html';
      },
      'no origin at all': async (frame) => {
        mainFrame.url = 'about:blank';
        await arrive(own, JSON.stringify(frame));
        mainFrame.url = 'https://station.local/index.html';
      },
    },
    settle,
    close: async () => port.close(),
  };
}

framePortSuite('Electron', open, [
  'another window',
  'a frame inside the page',
  'a frame that is gone',
  'another origin',
  'no origin at all',
]);
