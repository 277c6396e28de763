import type { CardAndPin } from '../../shared/contract/index.ts';
import { officerActLines, type OfficerAct, type SignedAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { OfficerRegister } from './officer-register.ts';
import type { OfficerSession } from './officer-session.ts';
import type { PreparedActs } from './prepared-acts.ts';
import { signWithCard, type CardSigningTools } from './sign-with-card.ts';

/** What a decision is about, before it is anybody's act. */
export type Decision = Pick<OfficerAct, 'act' | 'about'>;

export interface ApprovalTools extends CardSigningTools {
  readonly acts: PreparedActs;
  readonly register: OfficerRegister;
  readonly stationId: string;
  bankId(): string | undefined;
}

/** Decisions of one officer's window that need the officer's signature. */
export interface Approvals {
  /** What will be signed, line by line. Without `actId` the session has no card: its officer's word is not signed. */
  prepare(decision: Decision): Result<{ actId?: string; lines: [string, string][] }>;
  /**
   * The signature over the text that was shown, or nothing where the session has no card.
   * Faults: officer-signature-needed, officer-act-expired, session-expired, those of `signWithCard`.
   */
  sign(
    decision: Decision,
    approval: { readonly actId: string; readonly card: CardAndPin } | undefined,
  ): Promise<Result<SignedAct | undefined>>;
  /**
   * By the card of who signed in with one, else by the password typed again: the decision is a person's, not an open
   * window's. `decide` is asked only where something is signed.
   * Faults: those of `decide`, of `sign` and of `OfficerRegister.checkPassword`.
   */
  authorise(decide: () => Promise<Result<Decision>>, hand: Hand): Promise<Result<SignedAct | undefined>>;
}

/** What an officer gives for one decision. */
export interface Hand {
  readonly password?: string | undefined;
  readonly approval?: { readonly actId: string; readonly card: CardAndPin } | undefined;
}

export function approvals(session: OfficerSession, tools: ApprovalTools): Approvals {
  const actOf = ({ act, about }: Decision): Result<Omit<OfficerAct, 'at'>> => {
    const officer = session.officer();
    const bankId = tools.bankId();
    if (!officer) return fail('session-expired');
    if (bankId === undefined) return fail('bank-unreachable', {});
    return ok({ act, bankId, stationId: tools.stationId, officerId: officer.officerId, about });
  };
  const self: Approvals = {
    prepare(decision) {
      const made = actOf(decision);
      if (!made.ok) return made;
      const act: OfficerAct = { ...made.value, at: tools.now().toISOString() };
      const lines = officerActLines(act).map(([name, value]): [string, string] => [name, value]);
      return ok({ lines, ...(session.card() && { actId: tools.acts.prepare(act) }) });
    },
    async sign(decision, approval) {
      const card = session.card();
      const officer = session.officer();
      if (!officer) return fail('session-expired');
      if (!card) return ok(undefined);
      if (!approval) return fail('officer-signature-needed', { act: decision.act });
      const made = actOf(decision);
      if (!made.ok) return made;
      const act = tools.acts.take(approval.actId, made.value);
      if (!act.ok) return act;
      const signed = await signWithCard(tools, approval.card, officer, act.value, card.certificateSha256);
      return signed.ok ? ok(signed.value.signed) : signed;
    },
    async authorise(decide, { password, approval }) {
      const officer = session.officer();
      if (!officer) return fail('session-expired');
      if (!session.card()) {
        const checked = await tools.register.checkPassword(officer.officerId, password ?? '');
        return checked.ok ? ok(undefined) : checked;
      }
      const decision = await decide();
      return decision.ok ? self.sign(decision.value, approval) : decision;
    },
  };
  return self;
}

/** An act as the log keeps it. */
export const evidenceOf = (
  signed: SignedAct | undefined,
): { signedText?: string; signature?: string; certificate?: string } =>
  signed ? { signedText: signed.text, signature: signed.signature, certificate: signed.certificate } : {};
