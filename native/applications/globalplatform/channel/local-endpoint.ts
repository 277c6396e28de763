import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import {
  keyCheckValues,
  openSession,
  putKey,
  type ChannelKeySet,
  type ChannelSession,
  type KeyBytes,
} from '../../../../electron/shared/secure-channel/index.ts';
import type { ChannelEndpoint, SecureChannelKeys } from './channel-endpoint.ts';
import { aesCipher, tripleDesCipher } from './node-ciphers.ts';

/** The keys that a key change brings, by their version. */
export type NextKeys = (
  version: number,
) => { readonly type: 'aes' | '3des'; readonly keys: KeyBytes } | undefined;

/**
 * Keys in this process: factory keys, which everybody knows, and tests. `nextKeys` names what a key
 * change may bring; without it there is none.
 */
export const staticKeys = (
  keySet: ChannelKeySet,
  options: { readonly nextKeys?: NextKeys } = {},
): SecureChannelKeys => ({
  expected: {
    version: keySet.version,
    type: keySet.type,
    length: keySet.keyLength,
    checkValues: keyCheckValues(keySet),
  },
  async open({ initializeUpdateResponse, ...request }) {
    const opening = openSession(keySet, initializeUpdateResponse, request);
    if (!opening.ok) return opening;
    const { externalAuthenticate, session } = opening.value;
    return ok({ externalAuthenticate, endpoint: localEndpoint(session, options.nextKeys) });
  },
});

const localEndpoint = (session: ChannelSession, nextKeys: NextKeys | undefined): ChannelEndpoint => {
  let closed = false;
  /** All of them, or the fault of the first that fails. */
  const each = <In, Out>(values: readonly In[], one: (value: In) => Result<Out>): Result<readonly Out[]> => {
    const done: Out[] = [];
    for (const value of values) {
      const result = closed ? fail('card-channel-broken', { why: 'closed' }) : one(value);
      if (!result.ok) {
        closed = true;
        return result;
      }
      done.push(result.value);
    }
    return ok(done);
  };
  return {
    level: session.level,
    maximumData: session.maximumData,
    wrap: async (commands) => each(commands, session.wrap),
    unwrap: async (responses) => each(responses, session.unwrap),
    async keyChange(request) {
      const next = nextKeys?.(request.newVersion);
      if (next === undefined)
        return fail('bad-input', { field: 'key-version', keyVersion: request.newVersion });
      const cipherFromKey = next.type === 'aes' ? aesCipher : tripleDesCipher;
      const change = putKey(request, next.type, next.keys, cipherFromKey, session.dataEncryption);
      const wrapped = each([change.command], session.wrap);
      if (!wrapped.ok) return wrapped;
      const [command = change.command] = wrapped.value;
      return ok({ ...change, command });
    },
    async close() {
      closed = true;
    },
  };
};
