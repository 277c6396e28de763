import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import type { FramePort } from '../../electron/shared/contract/index.ts';
import { connectStation, type StationClient } from './station-client.ts';
import { createStationStore, type StationSnapshot, type StationStore } from './station-store.ts';

interface Station {
  readonly client: StationClient;
  readonly store: StationStore;
}

const StationContext = createContext<Station | undefined>(undefined);

/** The officer's window: everything below it talks to the station through `port`. */
export function StationProvider({ port, children }: { port: FramePort; children: ReactNode }) {
  const station = useMemo(() => {
    const client = connectStation(port);
    return { client, store: createStationStore(client) };
  }, [port]);
  useEffect(() => station.store.start(), [station]);
  return <StationContext value={station}>{children}</StationContext>;
}

export function useStation(): Station {
  const station = useContext(StationContext);
  if (!station) throw new Error('useStation outside of StationProvider');
  return station;
}

export function useStationSnapshot(): StationSnapshot {
  const { store } = useStation();
  return useSyncExternalStore(store.subscribe, store.snapshot);
}
