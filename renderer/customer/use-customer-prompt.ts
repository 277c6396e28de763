import { useEffect, useState } from 'react';
import type { CustomerPrompt, StationDescription } from '../../electron/shared/contract/index.ts';
import type { StationClient } from '../bridge/index.ts';

/** What the station wants from the customer now, and whose bank this is. Undefined until it has said so. */
export function useCustomerPrompt(client: StationClient): {
  readonly prompt: CustomerPrompt | undefined;
  readonly description: StationDescription | undefined;
} {
  const [prompt, setPrompt] = useState<CustomerPrompt>();
  const [description, setDescription] = useState<StationDescription>();
  useEffect(() => {
    let dropped = false;
    let told = false;
    const stop = client.on('customer.promptChanged', (next) => {
      told = true;
      setPrompt(next);
    });
    void client.call('station.describe', {}).then((result) => {
      if (!dropped && result.ok) setDescription(result.value);
    });
    void client.call('customer.prompt', {}).then((result) => {
      // An event that came meanwhile is newer than this answer.
      if (!dropped && !told && result.ok) setPrompt(result.value);
    });
    return () => {
      dropped = true;
      stop();
    };
  }, [client]);
  return { prompt, description };
}
