import type { TraceLine } from '../../shared/contract/index.ts';
import type { ApduListener } from '../../../native/pipe/index.ts';

/**
 * The last things said to cards, for a technician who wants to know what a card answered. Only what the redacting
 * layer lets through comes here, and it is kept in memory alone: with the program it is gone.
 */
export interface TraceBook {
  /** Listens to one lease. */
  listener(reader: string, runId: string | undefined): ApduListener;
  /** Oldest first, the last `limit` that fit. */
  read(
    which: { readonly reader?: string | undefined; readonly runId?: string | undefined },
    limit: number,
  ): TraceLine[];
}

const kept = 4000;

export function traceBook(): TraceBook {
  let lines: TraceLine[] = [];
  let number = 0;
  return {
    listener:
      (reader, runId) =>
      ({ at, ...said }) => {
        number += 1;
        lines.push({
          number,
          at: new Date(at).toISOString(),
          reader,
          ...(runId !== undefined && { runId }),
          ...said,
        });
        // Seldom, and then half of it: a copy for every APDU would be dear.
        if (lines.length > kept) lines = lines.slice(-kept / 2);
      },
    read: ({ reader, runId }, limit) =>
      lines
        .filter(
          (line) =>
            (reader === undefined || line.reader === reader) && (runId === undefined || line.runId === runId),
        )
        .slice(-limit),
  };
}
