import { contextBridge, ipcRenderer } from 'electron';
import type { Frame } from '../shared/contract/index.ts';

// The same words as in main/ipc-frame-port.ts; a preload in the sandbox can import nothing at run time.
const channel = 'cardwright-frame';

contextBridge.exposeInMainWorld('cardwright', {
  seat: process.argv.includes('--cardwright-seat=customer') ? 'customer' : 'officer',
  send: (frame: Frame) => ipcRenderer.send(channel, JSON.stringify(frame)),
  onFrame(listener: (frame: Frame) => void) {
    const receive = (_event: unknown, text: string): void => listener(JSON.parse(text) as Frame);
    ipcRenderer.on(channel, receive);
    return () => void ipcRenderer.removeListener(channel, receive);
  },
});
