import { fail, type Result } from '../../../electron/shared/result/index.ts';
import type {
  ChannelEndpoint,
  SecureChannelKeys,
} from '../../../native/applications/globalplatform/index.ts';

/**
 * Keys behind a wire, as the bank's key service holds them: endpoints stay over there under a number, and only
 * what can be written down crosses. Counts the round trips.
 */
export const keysOverTheWire = (
  keys: SecureChannelKeys,
): SecureChannelKeys & { readonly calls: string[] } => {
  const endpoints = new Map<number, ChannelEndpoint>();
  const calls: string[] = [];
  const carried = <T>(value: T): T => structuredClone(value);
  const call = async <T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>> => {
    calls.push(name);
    return carried(await work());
  };
  return {
    calls,
    expected: carried(keys.expected),
    open: async (request) => {
      const asked = carried(request);
      const opened = await call('open', async () => {
        const opening = await keys.open(asked);
        if (!opening.ok) return opening;
        const { externalAuthenticate, endpoint } = opening.value;
        endpoints.set(calls.length, endpoint);
        const { level, maximumData } = endpoint;
        return { ok: true, value: { externalAuthenticate, channel: calls.length, level, maximumData } };
      });
      if (!opened.ok) return opened;
      const { externalAuthenticate, channel, level, maximumData } = opened.value;
      const there = <T>(name: string, work: (endpoint: ChannelEndpoint) => Promise<Result<T>>) =>
        call(name, async () => {
          const endpoint = endpoints.get(channel);
          return endpoint === undefined ? fail('card-channel-broken', { why: 'closed' }) : work(endpoint);
        });
      return {
        ok: true,
        value: {
          externalAuthenticate,
          endpoint: {
            level,
            maximumData,
            wrap: (commands) => there('wrap', (endpoint) => endpoint.wrap(carried(commands))),
            unwrap: (responses) => there('unwrap', (endpoint) => endpoint.unwrap(carried(responses))),
            keyChange: (change) => there('key-change', (endpoint) => endpoint.keyChange(carried(change))),
            async close() {
              calls.push('close');
              endpoints.delete(channel);
            },
          },
        },
      };
    },
  };
};
