import { useEffect, useState } from 'react';
import type { OfficerReader } from '../../electron/shared/contract/index.ts';
import { useStation } from './station-provider.tsx';
import { useEvent } from './use-event.ts';

/** Card readers and whose officer's card is in them; also before anybody has signed in. `undefined`: not told yet. */
export function useOfficerReaders(): readonly OfficerReader[] | undefined {
  const { client } = useStation();
  const [readers, setReaders] = useState<readonly OfficerReader[]>();
  useEvent('officers.readersChanged', (changed) => {
    setReaders(changed.readers);
  });
  useEffect(() => {
    let dropped = false;
    void client.call('officers.readers', {}).then((result) => {
      if (!dropped && result.ok) setReaders((known) => known ?? result.value.readers);
    });
    return () => {
      dropped = true;
    };
  }, [client]);
  return readers;
}
