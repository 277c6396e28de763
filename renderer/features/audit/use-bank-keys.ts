import { useCallback, useEffect, useRef, useState } from 'react';
import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';

const pageSize = 50;

export interface BankKeysState {
  /** The first page, with all events read so far. */
  readonly page: BankKeysPage | undefined;
  readonly busy: boolean;
  readonly fault: Fault | undefined;
  /** The next page of older events, if there are any and none is on its way. */
  more(): void;
  again(): void;
}

/** Newest first, page by page as the list is scrolled. What does not check on a further page counts for all. */
export function useBankKeys(): BankKeysState {
  const { client } = useStation();
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ round: number; page?: BankKeysPage; fault?: Fault }>();
  const underway = useRef(false);

  useEffect(() => {
    let dropped = false;
    underway.current = true;
    void client.call('audit.bankKeys', { limit: pageSize }).then((result) => {
      if (dropped) return;
      underway.current = false;
      setState(result.ok ? { round, page: result.value } : { round, fault: result.fault });
    });
    return () => {
      dropped = true;
    };
  }, [client, round]);

  const busy = state?.round !== round;
  const page = state?.page;
  const more = useCallback(() => {
    const oldest = page?.events.at(-1);
    if (busy || !page || !oldest || oldest.number <= 1 || underway.current) return;
    underway.current = true;
    void client
      .call('audit.bankKeys', { before: oldest.number, size: page.size, limit: pageSize })
      .then((result) => {
        underway.current = false;
        setState((before) => {
          if (before?.page !== page) return before;
          if (!result.ok) return { ...before, fault: result.fault };
          const { events, finding, brokenAt } = result.value;
          return {
            round: before.round,
            page: {
              ...page,
              events: [...page.events, ...events],
              ...(page.finding === undefined && finding !== undefined && { finding }),
              ...(page.finding === undefined && brokenAt !== undefined && { brokenAt }),
            },
          };
        });
      });
  }, [client, busy, page]);
  const again = useCallback(() => {
    setRound((n) => n + 1);
  }, []);
  return { page, busy, fault: state?.fault, more, again };
}
