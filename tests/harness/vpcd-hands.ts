import { setTimeout as pause } from 'node:timers/promises';
import { connectVpcd, type VirtualCard, type VpcdConnection } from '../../native/virtual/index.ts';

/** Hands at one reader of vpcd. */
export interface VpcdHands {
  insert(card: VirtualCard): Promise<VpcdConnection>;
  /** An empty reader is fine. */
  remove(): Promise<void>;
}

/** @param emptyMs is how long a reader must be empty to notice it: 150 with the shim, 700 without. */
export const vpcdHands = (port: number, emptyMs = 150): VpcdHands => {
  let connection: VpcdConnection | undefined;
  return {
    async insert(card) {
      await pause(Math.max(0, (emptySince.get(port) ?? 0) + emptyMs - Date.now()));
      const connected = await connectVpcd(card, { port });
      if (!connected.ok) throw new Error('vpcd does not listen');
      connection = connected.value;
      return connection;
    },
    async remove() {
      await connection?.remove();
      connection = undefined;
      emptySince.set(port, Date.now());
    },
  };
};

const emptySince = new Map<number, number>();
