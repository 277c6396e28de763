import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type {
  GlobalPlatformSession,
  KeyInformation,
  SecuredDomain,
} from '../../../../native/applications/globalplatform/index.ts';
import type { PivSession } from '../../../../native/applications/piv/index.ts';
import { attemptsAtBank, bankChannelKeys } from '../../bank/bank-channel-keys.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import { fromBase64 } from '../issued-card.ts';
import { openForWriting } from './management-access.ts';

/*
 * The secrets of a card that are the bank's, and no customer's: management key, PUK, keys of the security
 * domain. The bank makes each command; the station carries it and sees what the card says of itself. Each of
 * these may be repeated after a break, whether or not the card had taken the command.
 */

/** Management key and PUK as the bank wants them. Faults: card-unsupported (cannot change its key), card-foreign … */
export async function replacePivSecrets(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
  to: 'factory' | 'diversified',
): Promise<Result<void>> {
  let access = await openForWriting(piv, bank, mediumIdentity);
  if (!access.ok) return access;
  if (access.value.key !== to) {
    const { authenticationId, algorithm } = access.value;
    const prepared = await bank.call(
      'changeManagementKey',
      {},
      { mediumIdentity, authenticationId, algorithm, to },
    );
    if (!prepared.ok) return prepared;
    const changed = await piv.setManagementKey(fromBase64(prepared.value.command));
    if (!changed.ok) return changed;
    // Only a new authentication shows which key the card has now; until then the bank counts it as changing.
    const selected = await piv.selectPiv();
    if (!selected.ok) return selected;
    access = await openForWriting(piv, bank, mediumIdentity);
    if (!access.ok) return access;
    if (access.value.key !== to) return fail('card-read-back-differs', { what: 'management-key' });
  }
  return replacePuk(piv, bank, { mediumIdentity, authenticationId: access.value.authenticationId, to });
}

async function replacePuk(
  piv: PivSession,
  bank: BankClient,
  order: { mediumIdentity: string; authenticationId: string; to: 'factory' | 'diversified' },
): Promise<Result<void>> {
  const { mediumIdentity, to } = order;
  const known = await bank.call('readCardKeys', { mediumIdentity }, {});
  if (!known.ok) return known;
  const metadata = await piv.readMetadata('puk');
  if (!metadata.ok) return metadata;
  const isDefault = metadata.value?.isDefault;
  // A card whose PUK is not the factory's was changed by us, or is not ours; the bank knows and says so.
  const has = isDefault === undefined ? known.value.puk : isDefault ? 'factory' : 'diversified';
  if (has !== to || (has === 'diversified' && known.value.puk === 'factory')) {
    const prepared = await bank.call(
      'changePuk',
      {},
      { ...order, ...(isDefault !== undefined && { isDefault }) },
    );
    if (!prepared.ok) return prepared;
    const changed = await piv.setPuk(fromBase64(prepared.value.command));
    if (!changed.ok) return changed;
  }
  if (known.value.puk === to) return ok();
  const reported = await bank.call('reportCardKeys', { mediumIdentity }, { puk: to });
  return reported.ok ? ok() : reported;
}

/** What the card's security domain has: its own keys, none of ours to change, or no such domain. */
export type DomainKeys = 'own' | 'not-ours' | 'none';

/** Selects the domain, which ends the channel before. `undefined`: the card has none. */
export type OpenGlobalPlatform = () => Promise<Result<GlobalPlatformSession | undefined>>;

/**
 * The keys of delivery make room for the card's own. Only version FF is tried, which by custom says that the
 * keys of delivery are still there, and only when nothing that the card tells of them speaks against it: SIMs
 * come with an operator's keys, and a wrong one is counted.
 */
export async function replaceDomainKeys(
  open: OpenGlobalPlatform,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<DomainKeys>> {
  const opened = await openDomain(open, bank, mediumIdentity);
  if (!opened.ok || typeof opened.value === 'string') return opened as Result<DomainKeys>;
  const { domain, keys } = opened.value;
  if (keys === 'diversified') {
    await domain.close();
    return ok('own');
  }
  // Which version the new keys get is the bank's to say.
  const changed = await domain.changeKeys({ replacedVersion: 0, newVersion: 0 });
  await domain.close();
  if (!changed.ok) return changed;
  const own = await domainHasOwnKeys(open, bank, mediumIdentity);
  return own.ok ? ok('own') : own;
}

/**
 * Opens a channel under the card's own keys. By the same answer of the card the bank sees that the keys of
 * delivery would have been refused, without one attempt spent on them. Fault: card-read-back-differs.
 */
export async function domainHasOwnKeys(
  open: OpenGlobalPlatform,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  const opened = await openDomain(open, bank, mediumIdentity);
  if (!opened.ok) return opened;
  if (typeof opened.value === 'string') return fail('card-read-back-differs', { what: 'domain-keys' });
  const { domain, factoryRefused } = opened.value;
  await domain.close();
  return factoryRefused ? ok() : fail('card-read-back-differs', { what: 'domain-keys' });
}

interface OpenDomain {
  readonly domain: SecuredDomain;
  readonly keys: 'factory' | 'diversified';
  readonly factoryRefused: boolean;
}

async function openDomain(
  open: OpenGlobalPlatform,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<OpenDomain | 'not-ours' | 'none'>> {
  const selected = await open();
  if (!selected.ok || !selected.value) return selected.ok ? ok('none') : selected;
  const globalPlatform = selected.value;
  const listed = await globalPlatform.readKeyInformation();
  if (!listed.ok) return listed;
  const recognition = await globalPlatform.readRecognitionData();
  if (!recognition.ok) return recognition;
  const known = await bank.call('readCardKeys', { mediumIdentity }, {});
  if (!known.ok) return known;
  const scp03 = recognition.value?.channels.find(({ protocol }) => protocol === 3);
  const type = keyTypeOf(listed.value) ?? (scp03 ? 'aes' : '3des');
  const own = known.value.own[type];
  const found = [own, known.value.factory[type]].find(({ version }) =>
    // A card that keeps its list to itself is asked for keys that the bank has put there, and for no others.
    listed.value.length === 0
      ? version === own.version && known.value.channelKeys !== 'factory'
      : listed.value.some((key) => key.version === version),
  );
  if (!found) return ok('not-ours');
  const keys = bankChannelKeys(bank, mediumIdentity, {
    version: found.version,
    type,
    checkValues: found.checkValues.map(fromBase64),
  });
  const opened = await globalPlatform.openChannel({
    keys,
    attempts: attemptsAtBank(bank),
    cardId: mediumIdentity,
    // Answers under a MAC where the card can (i: b6, b7).
    level: type === '3des' ? 0x03 : levelFor(scp03?.options ?? 0),
  });
  if (!opened.ok) return opened;
  const said = keys.opened();
  return said
    ? ok({ domain: opened.value, ...said })
    : fail('bank-bad-answer', { call: 'openSecureChannel' });
}

const keyTypeOf = (keys: readonly KeyInformation[]): '3des' | 'aes' | undefined =>
  keys.find(({ type }) => type !== undefined)?.type;

const levelFor = (options: number): 0x03 | 0x13 | 0x33 => {
  if ((options & 0x60) === 0x60) return 0x33;
  return (options & 0x20) !== 0 ? 0x13 : 0x03;
};

/**
 * None of the secrets that every new card comes with opens this one any more. Nothing is tried that could be
 * wrong: the card says it of PIN and PUK, and proves other keys than the factory's where there are keys.
 * Fault: card-read-back-differs {what}.
 */
export async function factorySecretsAreGone(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  for (const which of ['pin', 'puk', 'management-key'] as const) {
    const metadata = await piv.readMetadata(which);
    if (!metadata.ok) return metadata;
    if (metadata.value?.isDefault === true)
      return fail('card-read-back-differs', { what: `factory-${which}` });
  }
  const access = await openForWriting(piv, bank, mediumIdentity);
  if (!access.ok) return access;
  return access.value.key === 'diversified'
    ? ok()
    : fail('card-read-back-differs', { what: 'management-key' });
}
