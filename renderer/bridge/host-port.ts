import type { FramePort } from '../../electron/shared/contract/index.ts';

/** What either host's preload puts into the page, and all that this page has of the world. */
export interface HostPort extends FramePort {
  readonly seat: 'officer' | 'customer';
}

declare global {
  interface Window {
    readonly cardwright?: HostPort;
  }
}

export const hostPort = (): HostPort | undefined => window.cardwright;
