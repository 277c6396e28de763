import { randomUUID } from 'node:crypto';
import {
  aboutOfficer,
  aboutRevocation,
  officerPasswordLength,
  passwordFlaw,
  type Officer,
  type OfficerCard,
  type SignedAct,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { StationHandlers } from '../station-handlers.ts';
import { evidenceOf, type Approvals, type Decision } from './approvals.ts';
import type { OfficerCardChecks } from './officer-card-checks.ts';
import { numbersOf, type OfficerRegister } from './officer-register.ts';
import type { OfficerSession } from './officer-session.ts';
import { makeStartPassword } from './start-password.ts';

export interface OfficerEntryRoom {
  readonly approvals: Approvals;
  readonly audit: AuditLog;
  readonly bank: BankClient;
  readonly checks: OfficerCardChecks;
  readonly policy: 'required' | 'optional';
  readonly register: OfficerRegister;
  readonly session: OfficerSession;
  now(): Date;
  /** Nobody works as this officer any more, at no window. */
  onEnded(officerId: string): void;
  /** Nor with the password from before. */
  onReadmitted(officerId: string): void;
}

/** What a manager decides about who works here, before it is signed. */
export interface OfficerEntries {
  entry(officer: Officer): Result<{ decision: Decision }>;
  startPassword(officerId: string): Result<{ decision: Decision }>;
  end(officerId: string): Promise<Result<{ decision: Decision; card: OfficerCard | undefined }>>;
}

export const officerEntries = ({
  register,
  bank,
  policy,
}: Pick<OfficerEntryRoom, 'register' | 'bank' | 'policy'>): OfficerEntries => ({
  entry: (officer) =>
    register.find(officer.officerId)
      ? fail('officer-entered-already', { officerId: officer.officerId })
      : ok({ decision: { act: 'enter-officer', about: aboutOfficer(officer) } }),
  startPassword(officerId) {
    const officer = register.find(officerId);
    return officer
      ? ok({ decision: { act: 'give-start-password', about: aboutOfficer(officer) } })
      : fail('officer-unknown', { officerId });
  },
  async end(officerId) {
    const officer = register.find(officerId);
    if (!officer) return fail('officer-unknown', { officerId });
    const everybody = register.all();
    if (!everybody.ok) return everybody;
    const known = await bank.call('findOfficerCards', { officers: numbersOf(everybody.value) }, {});
    if (!known.ok) return known;
    const active = known.value.cards.filter(({ state }) => state === 'active');
    const canGoOn = everybody.value.some(
      (each) =>
        each.role === 'manager' &&
        each.endedAt === undefined &&
        each.officerId !== officerId &&
        (policy === 'optional' || active.some((card) => card.officerId === each.officerId)),
    );
    // Somebody has to be left who can enter the next one.
    if (officer.role === 'manager' && !canGoOn) return fail('last-manager');
    const card = active.find((each) => each.officerId === officerId);
    // One signature for both: who left has no card either.
    const decision: Decision = card
      ? { act: 'revoke-officer-card', about: aboutRevocation({ ...card, reason: 'left' }) }
      : { act: 'end-officer', about: aboutOfficer(officer) };
    return ok({ decision, card });
  },
});

/**
 * Who works at this station. The first manager comes in with the bank's code, once; everybody else by a manager, with a
 * signature where officers have cards. What changes and its record in the log are one write.
 */
export const officerEntryHandlers = ({
  approvals,
  audit,
  bank,
  checks,
  policy,
  register,
  session,
  now,
  onEnded,
  onReadmitted,
}: OfficerEntryRoom): StationHandlers<
  | 'officers.enterFirst'
  | 'officers.readmitManager'
  | 'officers.replacePassword'
  | 'officers.enter'
  | 'officers.giveStartPassword'
  | 'officers.end'
> => {
  const entries = officerEntries({ register, bank, policy });
  /** The bank's code serves for one of these; the same one asks again where the bank's answer was lost. */
  let readmission = randomUUID();

  const checkNewPassword = (password: string, officerId: string): Result<void> => {
    const reason = passwordFlaw(password, officerId, officerPasswordLength);
    return reason === undefined ? ok() : fail('officer-password-weak', { reason });
  };

  /** Signed where officers have cards. The bank sees these acts in the log only, so it is asked about the card here. */
  const signed = async (
    decision: Decision,
    approval: Parameters<Approvals['sign']>[1],
  ): Promise<Result<SignedAct | undefined>> => {
    const [officer, card] = [session.officer(), session.card()];
    if (policy === 'required' && !card) return fail('officer-signature-needed', { act: decision.act });
    const made = await approvals.sign(decision, approval);
    if (!made.ok || !officer || !card) return made;
    const good = await checks.check({ ...officer, certificateSha256: card.certificateSha256 });
    if (!good.ok) return good;
    return good.value.bankAsked ? made : fail('officer-card-unchecked');
  };

  const refused = <T>(
    event:
      | 'officer.entered'
      | 'officer.readmitted'
      | 'officer.start-password-given'
      | 'officer.ended'
      | 'officer.password-replaced',
    managerId: string | undefined,
    failed: Result<T> & { readonly ok: false },
    data: { of?: string; first?: true } = {},
  ): Result<never> => {
    const written = audit.append({
      event,
      outcome: 'refused',
      officerId: managerId,
      faultCode: failed.fault.code,
      data,
    });
    return written.ok ? failed : written;
  };

  const succeed = (
    { officerId, name }: Omit<Officer, 'role'>,
    password: string,
    insteadOf: string,
  ): Promise<Result<void>> =>
    register.succeed({ officerId, name, role: 'manager' }, password, insteadOf, () => {
      const ended = audit.append({
        event: 'officer.ended',
        outcome: 'ok',
        data: { of: insteadOf, successor: officerId },
      });
      return ended.ok
        ? audit.append({
            event: 'officer.entered',
            outcome: 'ok',
            data: { of: officerId, role: 'manager', insteadOf },
          })
        : ended;
    });

  return {
    'officers.enterFirst': async ({ officerId, name, password, code }) => {
      const empty = register.isEmpty();
      if (!empty.ok) return empty;
      // Before the bank is asked: a code is not spent where it opens nothing.
      const possible = empty.value ? checkNewPassword(password, officerId) : fail('officers-entered-already');
      const admitted = possible.ok ? await bank.call('admitFirstManager', {}, { officerId, code }) : possible;
      const record = () =>
        audit.append({
          event: 'officer.entered',
          outcome: 'ok',
          data: { of: officerId, role: 'manager', first: true },
        });
      const entered = admitted.ok
        ? await register.enterFirst({ officerId, name, role: 'manager' }, password, record)
        : admitted;
      // What was typed is not recorded: nobody has this number.
      return entered.ok ? ok({}) : refused('officer.entered', undefined, entered, { first: true });
    },

    'officers.readmitManager': async ({ officerId, password, code }) => {
      const possible = checkNewPassword(password, officerId);
      // The bank before the register: a stranger does not learn who is a manager here.
      const admitted = possible.ok
        ? await bank.call('readmitManager', {}, { officerId, code, attempt: readmission })
        : possible;
      const successor = admitted.ok ? admitted.value.successor : undefined;
      const readmitted = !admitted.ok
        ? admitted
        : successor
          ? await succeed({ officerId, name: successor.name }, password, successor.insteadOf)
          : await register.readmitManager(officerId, password, () =>
              audit.append({ event: 'officer.readmitted', outcome: 'ok', data: { of: officerId } }),
            );
      // What was typed is recorded only where the bank named this officer.
      if (!readmitted.ok)
        return refused('officer.readmitted', undefined, readmitted, admitted.ok ? { of: officerId } : {});
      readmission = randomUUID();
      if (successor) onEnded(successor.insteadOf);
      onReadmitted(officerId);
      return ok({});
    },

    'officers.replacePassword': async ({ password }) => {
      const officer = session.officer();
      if (!officer) return fail('session-expired');
      const { officerId } = officer;
      const possible = checkNewPassword(password, officerId);
      const replaced = possible.ok
        ? await register.replacePassword(officerId, password, () =>
            audit.append({ event: 'officer.password-replaced', outcome: 'ok', officerId }),
          )
        : possible;
      if (!replaced.ok) return refused('officer.password-replaced', officerId, replaced);
      // Hashing takes a while: another officer may work at this window by now.
      if (session.officer()?.officerId !== officerId) return fail('session-expired');
      session.passwordReplaced();
      return ok(officer);
    },

    'officers.enter': async ({ approval, ...officer }, { officerId: managerId }) => {
      const data = { of: officer.officerId, role: officer.role };
      const made = entries.entry(officer);
      const act = made.ok ? await signed(made.value.decision, approval) : made;
      if (!act.ok) return refused('officer.entered', managerId, act, data);
      const start = makeStartPassword(now());
      const entered = await register.enterNew(officer, start, () =>
        audit.append({
          event: 'officer.entered',
          outcome: 'ok',
          officerId: managerId,
          data: { ...data, ...evidenceOf(act.value) },
        }),
      );
      if (!entered.ok) return refused('officer.entered', managerId, entered, data);
      return ok({ startPassword: start.password, until: start.until });
    },

    'officers.giveStartPassword': async ({ officerId, approval }, { officerId: managerId }) => {
      const data = { of: officerId };
      const made = entries.startPassword(officerId);
      const act = made.ok ? await signed(made.value.decision, approval) : made;
      if (!act.ok) return refused('officer.start-password-given', managerId, act, data);
      const start = makeStartPassword(now());
      const given = await register.giveStartPassword(officerId, start, () =>
        audit.append({
          event: 'officer.start-password-given',
          outcome: 'ok',
          officerId: managerId,
          data: { ...data, ...evidenceOf(act.value) },
        }),
      );
      if (!given.ok) return refused('officer.start-password-given', managerId, given, data);
      return ok({ startPassword: start.password, until: start.until });
    },

    'officers.end': async ({ officerId, approval }, { officerId: managerId = '' }) => {
      const data = { of: officerId };
      const made = await entries.end(officerId);
      if (!made.ok) return refused('officer.ended', managerId, made, data);
      const act = await signed(made.value.decision, approval);
      if (!act.ok) return refused('officer.ended', managerId, act, data);
      const { card } = made.value;
      // The card first: cut off here, the officer is still to be ended, and has nothing to sign in with.
      const revoked = card
        ? await bank.call(
            'revokeOfficerCard',
            { certificateSha256: card.certificateSha256 },
            {
              reason: 'left',
              orderedBy: { officerId: managerId, role: 'manager' },
              ...(act.value && { signed: act.value }),
            },
            { idempotencyKey: `officer-card/revoke/${card.certificateSha256}` },
          )
        : ok();
      if (!revoked.ok) return refused('officer.ended', managerId, revoked, data);
      const ended = register.end(officerId, () => {
        const cardEnded = card
          ? audit.append({
              event: 'officer-card.revoked',
              outcome: 'ok',
              officerId: managerId,
              serial: card.mediumSerial,
              data: {
                of: officerId,
                reason: 'left',
                card: card.certificateSerial,
                ...evidenceOf(act.value),
              },
            })
          : ok();
        return cardEnded.ok
          ? audit.append({
              event: 'officer.ended',
              outcome: 'ok',
              officerId: managerId,
              data: { ...data, ...evidenceOf(act.value) },
            })
          : cardEnded;
      });
      if (!ended.ok) return refused('officer.ended', managerId, ended, data);
      onEnded(officerId);
      return ok({});
    },
  };
};
