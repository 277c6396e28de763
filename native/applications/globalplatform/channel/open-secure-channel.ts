import { equalBytes, statusText } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Failed, type Result } from '../../../../electron/shared/result/index.ts';
import { initializeUpdate, type SecurityLevel } from '../../../../electron/shared/secure-channel/index.ts';
import type { ApduPipe } from '../../../pipe/index.ts';
import type { ExpectedKeys, SecureChannelKeys } from './channel-endpoint.ts';
import type { KeyAttempts } from './key-attempts.ts';
import type { KeyInformation } from './key-information.ts';
import { randomChallenge } from './random-challenge.ts';
import { secureChannelPipe, type SecureChannelPipe } from './secure-channel-pipe.ts';

export interface SecureChannelRequest {
  readonly keys: SecureChannelKeys;
  readonly attempts: KeyAttempts;
  /** Hex identity of this very card (CPLC or IIN and CIN), under which a refusal is remembered. */
  readonly cardId: string;
  readonly level: SecurityLevel;
  /** Bytes of the host challenge: 16 for a card in S16 mode. 8 when absent. */
  readonly challengeLength?: 8 | 16;
  readonly domainAid?: Uint8Array;
  /** The application takes chained commands in its channel. */
  readonly longCommands?: boolean;
  /** Option bits "i" from the card recognition data. */
  readonly announcedOptions?: number;
  /** The card's own list of its keys, when it gives one. */
  readonly keyInformation?: readonly KeyInformation[];
  /** Check values of the card's keys from its delivery record, when the supplier gives them. */
  readonly deliveredCheckValues?: readonly Uint8Array[];
}

/**
 * Opens a channel to the selected application with one attempt and no second. What can be compared without
 * an attempt is compared first: version, kind and length of the keys, check values, and the cryptogram by
 * which the card itself proves them.
 * Faults: card-management-key-refused (and the card is in quarantine from now on), card-unsupported (the
 * card has no such keys; no attempt was made), card-bad-answer, card-status, those of the pipe and of the
 * way to the keys' holder.
 */
export const openSecureChannel = async (
  pipe: ApduPipe,
  request: SecureChannelRequest,
): Promise<Result<SecureChannelPipe>> => {
  const { keys, attempts, cardId, level, challengeLength = 8, domainAid, announcedOptions } = request;
  const begun = await attempts.begin(cardId);
  if (!begun.ok) return begun;
  const different = differenceBeforehand(keys.expected, request);
  if (different !== undefined) return different;

  const hostChallenge = (await keys.hostChallenge?.(challengeLength)) ?? ok(randomChallenge(challengeLength));
  if (!hostChallenge.ok) return hostChallenge;
  const answer = await pipe.send(initializeUpdate(keys.expected.version, hostChallenge.value));
  if (!answer.ok) return answer;
  if (answer.value.sw === NO_SUCH_KEY)
    return fail('card-unsupported', { what: 'key-version', keyVersion: keys.expected.version });
  if (answer.value.sw !== 0x9000)
    return fail('card-status', { what: 'initialize-update', sw: statusText(answer.value.sw) });

  const exchange = { hostChallenge: hostChallenge.value, initializeUpdateResponse: answer.value.data };
  const opening = await keys.open({
    ...exchange,
    level,
    ...(domainAid === undefined ? {} : { domainAid }),
    ...(announcedOptions === undefined ? {} : { announcedOptions }),
  });
  if (!opening.ok) {
    // Some cards count INITIALIZE UPDATE alone, so this was the attempt already.
    if (opening.fault.code === 'card-management-key-refused') return quarantined(opening);
    return opening;
  }
  const { externalAuthenticate, endpoint } = opening.value;
  const accepted = await pipe.send(externalAuthenticate);
  if (accepted.ok && accepted.value.sw === 0x9000)
    return ok(
      secureChannelPipe(pipe, endpoint, {
        longCommands: request.longCommands === true,
        opening: exchange,
      }),
    );
  await endpoint.close();
  if (!accepted.ok) return accepted;
  return quarantined(
    fail('card-management-key-refused', {
      stage: 'external-authenticate',
      sw: statusText(accepted.value.sw),
    }),
  );

  async function quarantined(refusal: Failed): Promise<Failed> {
    const noted = await attempts.refused(cardId);
    return noted.ok ? refusal : noted;
  }
};

const NO_SUCH_KEY = 0x6a88;

/** A refusal that costs no attempt. */
const differenceBeforehand = (
  expected: ExpectedKeys,
  { keyInformation, deliveredCheckValues }: SecureChannelRequest,
): Failed | undefined => {
  const ofVersion = keyInformation?.filter(({ version }) => version === expected.version) ?? [];
  if (keyInformation !== undefined && keyInformation.length > 0 && expected.version !== 0) {
    if (ofVersion.length === 0)
      return fail('card-unsupported', { what: 'key-version', keyVersion: expected.version });
    const other = ofVersion.find(
      ({ type, length }) =>
        (expected.type !== undefined && type !== undefined && type !== expected.type) ||
        (expected.length !== undefined && length !== undefined && length !== expected.length),
    );
    if (other !== undefined)
      return fail('card-unsupported', { what: 'key-type', keyVersion: expected.version });
  }
  const checks = deliveredCheckValues ?? [];
  const wrong = expected.checkValues?.findIndex((value, at) => {
    const delivered = checks[at] ?? ofVersion.find(({ id }) => id === at + 1)?.checkValue;
    return delivered !== undefined && !equalBytes(value, delivered);
  });
  return wrong === undefined || wrong < 0
    ? undefined
    : fail('card-management-key-refused', {
        stage: 'check-value',
        key: wrong + 1,
      });
};
