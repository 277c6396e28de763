import type { Frame, FramePort } from '../shared/contract/index.ts';
import { incomingFrame } from '../launch/incoming-frame.ts';
import { stationOrigin } from '../launch/pages.ts';

export const frameChannel = 'cardwright-frame';

/** What this port needs of Electron's ipcMain. */
export interface IpcSource {
  on(channel: string, listener: (event: IpcSender, text: unknown) => void): unknown;
  removeListener(channel: string, listener: (event: IpcSender, text: unknown) => void): unknown;
}

export interface IpcSender {
  readonly sender: unknown;
  readonly senderFrame: { readonly url: string } | null;
}

/** What this port needs of a window's webContents. */
export interface ScreenContents {
  readonly mainFrame: unknown;
  send(channel: string, text: string): void;
  isDestroyed(): boolean;
}

/**
 * The port to the screen in one window. A message counts only when this window's own main frame sent it
 * while it showed a page of the station's origin.
 */
export function ipcFramePort(source: IpcSource, contents: ScreenContents): FramePort & { close(): void } {
  const listeners = new Set<(frame: Frame) => void>();
  const receive = ({ sender, senderFrame }: IpcSender, text: unknown): void => {
    if (sender !== contents || senderFrame === null || senderFrame !== contents.mainFrame) return;
    if (URL.parse(senderFrame.url)?.origin !== stationOrigin) return;
    const frame = incomingFrame(text);
    if (frame !== undefined) for (const listener of listeners) listener(frame);
  };
  source.on(frameChannel, receive);
  return {
    send(frame) {
      if (!contents.isDestroyed()) contents.send(frameChannel, JSON.stringify(frame));
    },
    onFrame(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      source.removeListener(frameChannel, receive);
      listeners.clear();
    },
  };
}
