import type { BankApi, RouteReply } from '../../../shared/bank-api/index.ts';
import { ok, type Result } from '../../../shared/result/index.ts';
import type {
  ExpectedKeys,
  GlobalPlatformSession,
  KeyInformation,
} from '../../../../native/applications/globalplatform/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import { fromBase64 } from '../issued-card.ts';

/** Keys of a card's security domain that the bank holds, and what a channel under them can do. */
export interface DomainKeysFound {
  readonly expected: ExpectedKeys;
  /** The best that the card offers: answers under a MAC, and encrypted, where it can. */
  readonly level: 0x03 | 0x13 | 0x33;
  /** Option bits "i", where the card tells them. */
  readonly options: number | undefined;
  readonly listed: readonly KeyInformation[];
  readonly known: RouteReply<BankApi['readCardKeys']>;
}

/**
 * By the card's own list of its keys and the bank's book, without one attempt: of the keys that others know
 * only those of version FF, which by custom says that the keys of delivery are still there. `undefined`: none
 * of ours.
 */
export async function findDomainKeys(
  domain: GlobalPlatformSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<DomainKeysFound | undefined>> {
  const listed = await domain.readKeyInformation();
  if (!listed.ok) return listed;
  const recognition = await domain.readRecognitionData();
  if (!recognition.ok) return recognition;
  const known = await bank.call('readCardKeys', { mediumIdentity }, {});
  if (!known.ok) return known;
  const scp03 = recognition.value?.channels.find(({ protocol }) => protocol === 3);
  const type = keyTypeOf(listed.value) ?? (scp03 ? 'aes' : '3des');
  const options = recognition.value?.channels.find(
    ({ protocol }) => protocol === (type === 'aes' ? 3 : 2),
  )?.options;
  const own = known.value.own[type];
  const before = known.value.before?.[type];
  const found = [own, ...(before ? [before] : []), known.value.factory[type]].find(({ version }) =>
    // A card that keeps its list to itself is asked for keys that the bank has put there, and for no others.
    listed.value.length === 0
      ? version === own.version && known.value.channelKeys !== 'factory'
      : listed.value.some((key) => key.version === version),
  );
  if (!found) return ok(undefined);
  return ok({
    expected: { version: found.version, type, checkValues: found.checkValues.map(fromBase64) },
    level: type === '3des' ? 0x03 : levelFor(options ?? 0),
    options,
    listed: listed.value,
    known: known.value,
  });
}

const keyTypeOf = (keys: readonly KeyInformation[]): '3des' | 'aes' | undefined =>
  keys.find(({ type }) => type !== undefined)?.type;

/** i: b6 R-MAC, b7 R-ENC. */
const levelFor = (options: number): 0x03 | 0x13 | 0x33 => {
  if ((options & 0x60) === 0x60) return 0x33;
  return (options & 0x20) !== 0 ? 0x13 : 0x03;
};
