import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AuditFilter, AuditRecord } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';

const pageSize = 200;

export interface AuditRecords {
  readonly records: readonly AuditRecord[];
  readonly total: number;
  readonly loading: boolean;
  readonly fault: Fault | undefined;
  /** The next page of older records, if there are any and none is on its way. */
  more(): void;
  again(): void;
}

/** Newest first, page by page as the list is scrolled; another filter begins anew. */
export function useAuditRecords(filter: AuditFilter): AuditRecords {
  const { client } = useStation();
  const key = JSON.stringify(filter);
  const asked = useMemo(() => JSON.parse(key) as AuditFilter, [key]);
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{
    key: string;
    records: readonly AuditRecord[];
    total: number;
    fault: Fault | undefined;
  }>();
  const underway = useRef(false);

  useEffect(() => {
    let dropped = false;
    underway.current = true;
    void client.call('audit.search', { filter: asked, limit: pageSize }).then((result) => {
      if (dropped) return;
      underway.current = false;
      setState(
        result.ok
          ? { key, records: result.value.records, total: result.value.total, fault: undefined }
          : { key, records: [], total: 0, fault: result.fault },
      );
    });
    return () => {
      dropped = true;
    };
  }, [client, asked, key, round]);

  const current = state?.key === key ? state : undefined;
  const more = useCallback(() => {
    const oldest = current?.records.at(-1);
    if (!current || !oldest || underway.current || current.records.length >= current.total) return;
    underway.current = true;
    void client
      .call('audit.search', { filter: asked, before: oldest.sequence, limit: pageSize })
      .then((result) => {
        underway.current = false;
        setState((before) => {
          if (before?.key !== key) return before;
          if (!result.ok) return { ...before, fault: result.fault };
          const known = before.records.at(-1)?.sequence ?? Infinity;
          const older = result.value.records.filter((record) => record.sequence < known);
          return { ...before, records: [...before.records, ...older], fault: undefined };
        });
      });
  }, [client, asked, key, current]);

  const again = useCallback(() => {
    setRound((n) => n + 1);
  }, []);

  return {
    records: current?.records ?? none,
    total: current?.total ?? 0,
    loading: current === undefined,
    fault: current?.fault,
    more,
    again,
  };
}

const none: readonly AuditRecord[] = [];
