import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { openScp02 } from '../scp02/open-scp02.ts';
import { openScp03 } from '../scp03/open-scp03.ts';
import type { ChannelEndpoint, SecureChannelKeys } from './channel-endpoint.ts';
import type { ChannelSession } from './channel-session.ts';
import { parseInitializeUpdate } from './initialize-update.ts';
import { keyCheckValues, type ChannelKeySet } from './key-set.ts';
import { putKey } from './put-key.ts';
import type { KeyBytes } from './static-keys.ts';

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
    const answer = parseInitializeUpdate(initializeUpdateResponse);
    if (!answer.ok) return answer;
    const { keyVersion, protocol } = answer.value;
    if (keySet.version !== 0 && keyVersion !== keySet.version)
      return fail('card-bad-answer', { what: 'key-version', keyVersion });
    if ((protocol === 'scp03') !== (keySet.type === 'aes'))
      return fail('card-unsupported', { what: 'secure-channel-protocol', protocol });
    const opening =
      protocol === 'scp03'
        ? openScp03(keySet, answer.value, request)
        : openScp02(keySet, answer.value, request);
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
      return ok(putKey(request, next.type, next.keys, session.dataEncryption));
    },
    async close() {
      closed = true;
    },
  };
};
