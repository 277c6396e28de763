import { useEffect, useRef } from 'react';
import type { StationEvent, StationPayload } from './station-client.ts';
import { useStation } from './station-provider.tsx';

export function useEvent<N extends StationEvent>(
  name: N,
  listener: (payload: StationPayload<N>) => void,
): void {
  const { client } = useStation();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => client.on(name, (payload) => latest.current(payload)), [client, name]);
}
