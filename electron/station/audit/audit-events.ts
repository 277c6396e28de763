import { z } from 'zod';
import { parseOfficerAct } from '../../shared/domain/index.ts';

/** Ids, names of fields, codes: short and of few characters, so that a sentence or a secret does not fit. */
const token = z.string().regex(/^[\p{L}\p{N} ._:,/()+*-]{0,120}$/u);
const count = z.number();
const flag = z.boolean();

const event = <Shape extends Record<string, z.ZodType>>(shape: Shape) => z.strictObject(shape).partial();
const plain = event({});

/** An act that an officer's card has signed, whole: whoever doubts it checks it without this program. */
const evidence = {
  /** The canonical text of an act and nothing else; see `officerActText`. */
  signedText: z.string().refine((text) => parseOfficerAct(text) !== undefined),
  /** ECDSA over SHA-256 of the text, DER. */
  signature: z.base64().max(400),
  /** Of the officer's card, DER. */
  certificate: z.base64().max(8000),
};

/**
 * Everything the log can say, and the only data each event may carry. What is not named here cannot be
 * recorded: PINs, passwords and keys have no field to go to.
 */
export const auditEvents = {
  'station.started': event({ version: token, training: flag, unfinishedRuns: count }),
  'station.stopped': plain,
  'station.certificate-renewed': event({ endsAt: token }),
  'station.certificate-not-renewed': event({ endsAt: token }),
  'bank.changed': event({ state: token, clockOffsetMs: count }),
  'bank.key-learned': event({ keys: count }),

  'officer.signed-in': event({ role: token, card: token, bankAsked: flag, setUp: flag, startPassword: flag }),
  'officer.sign-in-refused': event({ seconds: count, withCard: flag }),
  'officer.entered': event({ of: token, role: token, first: flag, insteadOf: token, ...evidence }),
  'officer.start-password-given': event({ of: token, ...evidence }),
  'officer.password-replaced': plain,
  'officer.readmitted': event({ of: token }),
  'officer.ended': event({ of: token, successor: token, ...evidence }),
  'officer.locked': plain,
  'officer.unlocked': event({ card: token }),
  'officer.unlock-refused': plain,
  'officer-card.enrolled': event({ of: token, role: token, card: token, ...evidence }),
  'officer-card.enrolment-failed': event({ of: token }),
  'officer-card.revoked': event({ of: token, card: token, reason: token, ...evidence }),
  'officer.signed-out': event({ reason: token }),
  'call.refused': event({ call: token, role: token, fields: token }),
  'call.broken': event({ call: token }),

  'reader.appeared': event({ virtual: flag }),
  'reader.gone': plain,
  'medium.inserted': event({ kind: token, atr: token }),
  'medium.removed': plain,
  'devices.restarted': plain,
  'training.inserted': event({ item: token }),
  'training.removed': plain,
  'training.pull-set': event({ operation: count, when: token }),
  'training.item-made': event({ item: token, kind: token }),

  'customer.read': plain,
  'identity.accepted': event({ document: token, differences: token }),
  'identity.refused': event({ document: token, reason: token }),

  'run.started': event({ workflow: token }),
  'step.started': event({ attempt: count }),
  'step.done': plain,
  'step.failed': event({ definite: flag }),
  'question.asked': event({ question: token }),
  'question.answered': event({ question: token }),
  'question.reopened': event({ question: token }),
  'run.cancelled': plain,
  'run.resumed': plain,
  'run.undo-began': plain,
  'step.undone': plain,
  'step.undo-failed': plain,
  'run.completed': event({
    workflow: token,
    outcome: token,
    tookMs: count,
    /** Of an applet that was brought onto a card: its package, and the versions. */
    applet: token,
    from: token,
    to: token,
  }),
  'run.unreadable': plain,

  'batch.started': event({ work: token, lanes: count, reason: token }),
  'batch.card-ended': event({ batch: token, work: token, result: token, fault: token }),
  'batch.held': event({ why: token, count, fault: token }),
  'batch.went-on': plain,
  'batch.stopped': plain,
  'batch.ended': event({
    work: token,
    good: count,
    refused: count,
    failed: count,
    quarantined: count,
    undone: count,
  }),
  'batch.exported': event({ sha256: token, cards: count }),

  'quarantine.release-asked': event({ finding: token, release: token }),
  'quarantine.decided': event({ release: token, approved: flag, askedBy: token, ...evidence }),

  'evidence.exported': event({ record: count, sha256: token }),
  'diagnostics.saved': event({ sha256: token, lines: count }),
  'receipt.printed': event({ receipt: token, locale: token }),
  'card.inspected': event({ content: token }),
  'bank-keys.seen': event({ records: count, head: token }),
  'bank-keys.contradicted': event({ finding: token, records: count, seenBefore: count }),
  'bank-keys.accepted': event({
    finding: token,
    records: count,
    head: token,
    seenBefore: count,
    seenHead: token,
    reference: token,
    ...evidence,
  }),
  'audit.contradicted': event({ record: count }),
  'audit.verified': event({ intact: flag, records: count }),
} as const;

export type AuditEvent = keyof typeof auditEvents;
export type AuditData<E extends AuditEvent> = z.input<(typeof auditEvents)[E]>;
