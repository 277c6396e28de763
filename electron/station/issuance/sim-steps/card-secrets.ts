import { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type {
  GlobalPlatformSession,
  SecuredDomain,
} from '../../../../native/applications/globalplatform/index.ts';
import type { PivSession } from '../../../../native/applications/piv/index.ts';
import { attemptsAtBank, bankChannelKeys } from '../../bank/bank-channel-keys.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { fromBase64 } from '../issued-card.ts';
import { changePivSecretsInChannel } from './channel-to-application.ts';
import { findDomainKeys } from './find-domain-keys.ts';
import { hasNoManagementKey, openForWriting, type ManagementAccess } from './management-access.ts';

/** The card's own secrets in place of the factory's, by whichever way it is managed. Faults: card-unsupported … */
export async function replaceSecrets(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<DomainKeys>> {
  const { piv, globalPlatform } = card;
  const replaced = await replacePivSecrets(piv, bank, mediumIdentity, 'diversified');
  const byChannel = !replaced.ok && hasNoManagementKey(replaced.fault);
  if (!replaced.ok && !byChannel) return replaced;
  const domainKeys = await replaceDomainKeys(globalPlatform, bank, mediumIdentity);
  if (!domainKeys.ok || !byChannel) return domainKeys;
  // Nothing secret goes to a card under keys that others know.
  if (domainKeys.value !== 'own') return fail('card-unsupported', { what: 'secure-channel-keys' });
  const puk = await changePivSecretsInChannel(card, bank, mediumIdentity, 'diversified');
  return puk.ok ? domainKeys : puk;
}

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
  if (!hasKey(access.value, to)) {
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
    if (!hasKey(access.value, to)) return fail('card-read-back-differs', { what: 'management-key' });
  }
  return replacePuk(piv, bank, { mediumIdentity, authenticationId: access.value.authenticationId, to });
}

/** The wanted key, and of the card's own the one from the master key that is in force. */
const hasKey = (
  { key, outdated }: Pick<ManagementAccess, 'key' | 'outdated'>,
  to: 'factory' | 'diversified',
): boolean => key === to && !(to === 'diversified' && outdated);

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
 * The keys of delivery make room for the card's own, and so do its own from a master key that another has replaced.
 * Of others only version FF is tried, which by custom says that the keys of delivery are still there, and only
 * when nothing that the card tells of them speaks against it: SIMs come with an operator's keys, and a wrong one
 * is counted.
 */
export async function replaceDomainKeys(
  open: OpenGlobalPlatform,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<DomainKeys>> {
  const opened = await openDomain(open, bank, mediumIdentity);
  if (!opened.ok || typeof opened.value === 'string') return opened as Result<DomainKeys>;
  const { domain, keys, outdated } = opened.value;
  if (keys === 'diversified' && !outdated) {
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

/** The domain in a channel under keys that the bank holds. */
export interface OpenDomain {
  readonly domain: SecuredDomain;
  readonly keys: 'factory' | 'diversified';
  readonly factoryRefused: boolean;
  readonly outdated: boolean;
}

/** `not-ours`: it has other keys, and none was tried. `none`: the card has no such domain. */
export async function openDomain(
  open: OpenGlobalPlatform,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<OpenDomain | 'not-ours' | 'none'>> {
  const selected = await open();
  if (!selected.ok || !selected.value) return selected.ok ? ok('none') : selected;
  const globalPlatform = selected.value;
  const found = await findDomainKeys(globalPlatform, bank, mediumIdentity);
  if (!found.ok) return found;
  if (found.value === undefined) return ok('not-ours');
  const { expected, level, known } = found.value;
  const keys = bankChannelKeys(bank, mediumIdentity, expected);
  const opened = await globalPlatform.openChannel({
    keys,
    attempts: attemptsAtBank(bank, known),
    cardId: mediumIdentity,
    level,
  });
  if (!opened.ok) return opened;
  const said = keys.opened();
  return said
    ? ok({ domain: opened.value, ...said })
    : fail('bank-bad-answer', { call: 'openSecureChannel' });
}

/** Why a factory secret opens nothing any more. */
export const secretEvidence = z.object({
  /** `says-so`: the card says that it is not the factory's. `another-verified`: it takes the customer's, which is another. */
  pin: z.enum(['says-so', 'another-verified']),
  /** `set-in-channel`: the card took the bank's, inside a secure channel. */
  puk: z.enum(['says-so', 'set-in-channel']),
  /** `proven`: the card has just proven the bank's. `none`: it has no such key. */
  managementKey: z.enum(['proven', 'none']),
});
export type SecretEvidence = z.infer<typeof secretEvidence>;

/**
 * None of the secrets that every new card comes with opens this one any more. Nothing is tried that could be
 * wrong: the card says it of PIN and PUK, proves other keys than the factory's where there are keys, and a card
 * that says nothing has shown it otherwise. The customer's PIN has to be verified before.
 * Fault: card-read-back-differs {what}.
 */
export async function factorySecretsAreGone(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<SecretEvidence>> {
  const metadata = await piv.readMetadata('pin');
  if (!metadata.ok) return metadata;
  if (metadata.value?.isDefault === true) return fail('card-read-back-differs', { what: 'factory-pin' });
  const others = await bankSecretsAreSet(piv, bank, mediumIdentity);
  if (!others.ok) return others;
  const pin = await shownPin(piv);
  return pin.ok ? ok({ pin: pin.value, ...others.value }) : pin;
}

/** The same of the secrets that are the bank's alone: prepared stock has them, and still the factory's PIN. */
export async function bankSecretsAreSet(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<Omit<SecretEvidence, 'pin'>>> {
  for (const which of ['puk', 'management-key'] as const) {
    const metadata = await piv.readMetadata(which);
    if (!metadata.ok) return metadata;
    if (metadata.value?.isDefault === true)
      return fail('card-read-back-differs', { what: `factory-${which}` });
  }
  const access = await openForWriting(piv, bank, mediumIdentity);
  if (!access.ok && !hasNoManagementKey(access.fault)) return access;
  if (access.ok && access.value.key !== 'diversified')
    return fail('card-read-back-differs', { what: 'management-key' });
  const puk = await shownPuk(piv, bank, mediumIdentity);
  return puk.ok ? ok({ puk: puk.value, managementKey: access.ok ? 'proven' : 'none' }) : puk;
}

/** A PIN has one value: while the customer's counts as verified, and is not the factory's, the factory's is refused. */
async function shownPin(piv: PivSession): Promise<Result<SecretEvidence['pin']>> {
  const metadata = await piv.readMetadata('pin');
  if (!metadata.ok) return metadata;
  if (metadata.value?.isDefault === false) return ok('says-so');
  const counter = await piv.readPinRetries('pin');
  if (!counter.ok) return counter;
  return counter.value.verified
    ? ok('another-verified')
    : fail('card-read-back-differs', { what: 'factory-pin' });
}

/** The bank counts a PUK as its own only after the card has taken the command that set it. */
async function shownPuk(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<SecretEvidence['puk']>> {
  const metadata = await piv.readMetadata('puk');
  if (!metadata.ok) return metadata;
  if (metadata.value?.isDefault === false) return ok('says-so');
  const known = await bank.call('readCardKeys', { mediumIdentity }, {});
  if (!known.ok) return known;
  return known.value.puk === 'diversified'
    ? ok('set-in-channel')
    : fail('card-read-back-differs', { what: 'factory-puk' });
}
