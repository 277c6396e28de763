import { randomBytes } from 'node:crypto';
import type { CardAndPin } from '../../shared/contract/index.ts';
import type { Officer, OfficerAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { OfficerCardChecks } from './officer-card-checks.ts';
import type { SessionCard } from './officer-session.ts';
import { signWithCard, type CardSigningTools } from './sign-with-card.ts';

export interface SignInTools extends CardSigningTools {
  readonly bank: BankClient;
  readonly checks: OfficerCardChecks;
  readonly policy: 'required' | 'optional';
  readonly stationId: string;
  bankId(): string | undefined;
}

/** How somebody has shown who it is, beside the password. */
export interface Shown {
  readonly card?: SessionCard;
  /** Whether the bank itself said just now that the card is good. */
  readonly bankAsked?: boolean;
  /** The first manager of a station, who has no card yet. */
  readonly setUp?: true;
}

/**
 * The card signs a fresh challenge of the station's; the bank says whether the card is good.
 * Faults: those of `signWithCard` and of `OfficerCardChecks.check`.
 */
export async function showCard(
  tools: SignInTools,
  card: CardAndPin,
  officer: Officer,
  act: 'sign-in' | 'unlock',
): Promise<Result<Required<Pick<Shown, 'card' | 'bankAsked'>>>> {
  const challenge: OfficerAct = {
    act,
    bankId: tools.bankId() ?? '',
    stationId: tools.stationId,
    officerId: officer.officerId,
    at: tools.now().toISOString(),
    about: [['challenge', randomBytes(32).toString('hex')]],
  };
  const signed = await signWithCard(tools, card, officer, challenge);
  if (!signed.ok) return signed;
  const good = await tools.checks.check(signed.value.holder);
  return good.ok ? ok({ card: signed.value.card, bankAsked: good.value.bankAsked }) : good;
}

/** Without a card: where none is required, and for the first manager of a station. Fault: officer-card-needed. */
export async function goWithoutCard(tools: SignInTools, { role }: Officer): Promise<Result<Shown>> {
  if (tools.policy === 'optional') return ok({});
  if (role !== 'manager') return fail('officer-card-needed');
  const known = await tools.bank.call('findOfficerCards', {}, {});
  // Without the bank nobody knows whether there is a manager with a card: then there is one.
  if (!known.ok) return fail('officer-card-needed');
  return known.value.firstManager ? ok({ setUp: true }) : fail('officer-card-needed');
}
