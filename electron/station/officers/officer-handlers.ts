import type { CardAndPin } from '../../shared/contract/index.ts';
import type { Officer } from '../../shared/domain/index.ts';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { EnteredOfficer, OfficerRegister } from './officer-register.ts';
import { officerReaders } from './officer-readers.ts';
import type { OfficerSession } from './officer-session.ts';
import { goWithoutCard, showCard, type Shown, type SignInTools } from './sign-in.ts';

export interface OfficerRoom {
  readonly register: OfficerRegister;
  readonly session: OfficerSession;
  readonly audit: AuditLog;
  readonly signIn: SignInTools;
  /** The session has begun, or its card is another place's. */
  onBegun(): void;
}

export const officerHandlers = ({
  register,
  session,
  audit,
  signIn,
  onBegun,
}: OfficerRoom): StationHandlers<
  'officers.session' | 'officers.signIn' | 'officers.unlock' | 'officers.signOut' | 'officers.readers'
> => {
  const refusedSignIn = (
    officerId: string | undefined,
    { code, data: { seconds } }: Fault,
    card: CardAndPin | undefined,
  ): Result<void> =>
    audit.append({
      event: 'officer.sign-in-refused',
      outcome: 'refused',
      officerId,
      reader: card?.reader,
      faultCode: code,
      data: { ...(typeof seconds === 'number' && { seconds }), ...(card && { withCard: true }) },
    });

  /** The password first: no stranger spends the PIN tries of a card. */
  const identify = async (
    officerId: string,
    password: string,
    card: CardAndPin | undefined,
  ): Promise<Result<{ officer: EnteredOfficer; shown: Shown }>> => {
    const checked = await register.checkPassword(officerId, password);
    if (!checked.ok) return checked;
    const officer = checked.value;
    const shown = card
      ? await showCard(signIn, card, officer, 'sign-in')
      : await goWithoutCard(signIn, officer);
    return shown.ok ? ok({ officer, shown: shown.value }) : shown;
  };

  return {
    'officers.session': () => {
      const officer = session.officer();
      const empty = officer ? ok(false) : register.isEmpty();
      if (!empty.ok) return empty;
      const certificateSha256 = session.card()?.certificateSha256;
      return ok({
        ...(officer && { officer }),
        ...(certificateSha256 !== undefined && { certificateSha256 }),
        ...(session.isLocked() && { locked: true }),
        ...(session.isPasswordDue() && { passwordDue: true }),
        ...(empty.value && { noOfficers: true }),
      });
    },

    'officers.signIn': async ({ officerId, password, card }) => {
      const identified = await identify(officerId, password, card);
      // The name that was typed is not recorded unless somebody has it: people type passwords into it.
      if (!identified.ok) {
        const written = refusedSignIn(register.find(officerId)?.officerId, identified.fault, card);
        return written.ok ? identified : written;
      }
      const {
        officer: { officerId: knownId, name, role, startPasswordUntil },
        shown,
      } = identified.value;
      const officer: Officer = { officerId: knownId, name, role };
      const passwordDue = startPasswordUntil !== undefined;
      const written = audit.append({
        event: 'officer.signed-in',
        outcome: 'ok',
        officerId: officer.officerId,
        reader: shown.card?.reader,
        data: {
          role: officer.role,
          ...(shown.card && { card: shown.card.certificateSerial }),
          ...(shown.bankAsked !== undefined && { bankAsked: shown.bankAsked }),
          ...(shown.setUp && { setUp: true }),
          ...(passwordDue && { startPassword: true }),
        },
      });
      if (!written.ok) return written;
      session.begin(officer, shown.card, passwordDue);
      onBegun();
      return ok({
        ...officer,
        ...(shown.card && { certificateSha256: shown.card.certificateSha256 }),
        ...(passwordDue && { passwordDue }),
      });
    },

    'officers.unlock': async (card) => {
      const officer = session.officer();
      if (!officer) return fail('session-expired');
      const shown = await showCard(signIn, card, officer, 'unlock');
      const { reader } = card;
      const written = audit.append(
        shown.ok
          ? {
              event: 'officer.unlocked',
              outcome: 'ok',
              officerId: officer.officerId,
              reader,
              data: { card: shown.value.card.certificateSerial },
            }
          : {
              event: 'officer.unlock-refused',
              outcome: 'refused',
              officerId: officer.officerId,
              reader,
              faultCode: shown.fault.code,
            },
      );
      if (!shown.ok) return shown;
      if (!written.ok) return written;
      session.unlock(shown.value.card);
      onBegun();
      return ok(officer);
    },

    'officers.signOut': () => {
      session.end('asked');
      return ok({});
    },

    'officers.readers': () => ok({ readers: officerReaders(signIn.readers.views()) }),
  };
};
