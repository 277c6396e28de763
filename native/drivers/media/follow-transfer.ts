import type { Transfer } from '../media-driver.ts';

export interface FollowedTransfer {
  readonly doing: Transfer['doing'];
  readonly ofBytes: number;
  /** Undefined where the system does not count. */
  doneBytes(): Promise<number | undefined>;
}

/** Often enough for a figure that moves, seldom enough to cost nothing. */
const everyMs = 250;

/** Tells a few times a second how far a transfer is, until it is stopped. It never goes back, nor beyond the end. */
export function followTransfer(
  path: string,
  { doing, ofBytes, doneBytes }: FollowedTransfer,
  tell: (transfer: Transfer) => void,
): { stop(): void } {
  let stopped = false;
  let asking = false;
  let furthest = 0;
  const look = async () => {
    // A system that answers slowly is not asked again meanwhile.
    if (asking) return;
    asking = true;
    const done = await doneBytes().catch(() => undefined);
    asking = false;
    if (stopped || done === undefined) return;
    furthest = Math.min(ofBytes, Math.max(furthest, done));
    tell({ doing, path, doneBytes: furthest, ofBytes });
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
