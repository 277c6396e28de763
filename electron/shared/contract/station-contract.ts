import { z } from 'zod';
import { sealedSecret } from '../bank-api/index.ts';
import {
  account,
  aid,
  appletState,
  appletVersion,
  bankKeyEvent,
  cardRecord,
  cardState,
  chainMoveReason,
  customer,
  customerSummary,
  foundContent,
  identityDocument,
  keyAlgorithm,
  mediumKind,
  officer,
  officerCard,
  officerCardEnd,
  keyRecordReference,
  officerName,
  officerNumber,
  officerRole,
  otpChainView,
  quarantinedCard,
  quarantineFinding,
} from '../domain/index.ts';
import { faultSchema } from '../result/index.ts';
import { runState, stepProgress } from '../workflow/index.ts';
import { batchView, batchWork } from './batch-view.ts';
import { call, event, type CallerRole } from './define.ts';

/**
 * Everything a screen can ask of the station, and everything the station tells a screen.
 * The officer's window and the customer's window are two ports with two roles; see `serve`.
 */

const none = z.object({});
const done = z.object({});

const teller: readonly CallerRole[] = ['teller'];
const manager: readonly CallerRole[] = ['manager'];
const technician: readonly CallerRole[] = ['technician'];
const officers: readonly CallerRole[] = ['teller', 'manager', 'technician'];
const officerScreens: readonly CallerRole[] = ['signed-out', 'password-due', 'locked', ...officers];
const customerScreen: readonly CallerRole[] = ['customer-screen'];
const anyone: readonly CallerRole[] = [...officerScreens, ...customerScreen];

export const locale = z.enum(['zh-CN', 'en']);
export type Locale = z.infer<typeof locale>;

// ── station, bank and devices: the connection strip ─────────────────────────

export const connection = z.object({
  bank: z.object({
    state: z.enum(['starting', 'connected', 'unreachable', 'refused']),
    bankId: z.string(),
    name: z.string(),
    nameLatin: z.string(),
    /** Bank clock minus station clock, milliseconds. */
    clockOffsetMs: z.number(),
    fault: faultSchema.optional(),
    checkedAt: z.string(),
  }),
  /** By which the bank knows this station; it renews it itself. */
  certificate: z.object({
    state: z.enum(['good', 'due', 'ended']),
    endsAt: z.string(),
    /** From when on it asks for the next one: at two thirds of its life. */
    renewsAt: z.string(),
    /** Why the last try did not give it one. */
    fault: faultSchema.optional(),
  }),
  /** PC/SC service: absent in a branch with only SD cards. */
  pcsc: z.enum(['running', 'absent', 'restarting']),
  /** The device process. */
  devices: z.enum(['running', 'restarting']),
});
export type Connection = z.infer<typeof connection>;

export const stationDescription = z.object({
  /** Its name. */
  stationId: z.string(),
  /** By which the bank's commands know it. */
  stationNumber: z.string(),
  branch: z.string(),
  branchLatin: z.string(),
  training: z.boolean(),
  version: z.string(),
  host: z.enum(['electron', 'chromium', 'none']),
  connection,
  /** In training mode: who can sign in, and with what unless a manager has entered them. Empty in production. */
  trainingOfficers: z.array(
    officer.extend({ password: z.string().optional(), cardPin: z.string().optional() }),
  ),
  /** Whether officers sign in with their own card as well as their password. */
  officerCards: z.enum(['required', 'optional']),
});
export type StationDescription = z.infer<typeof stationDescription>;

/** An officer's own card in a reader, as it says itself. */
export const officerCardView = officer.extend({
  branch: z.string(),
  certificateSha256: z.string(),
  notAfter: z.string(),
  /** Absent where the card does not tell. */
  triesLeft: z.number().int().optional(),
  /** The PIN is typed at the reader's own keys. */
  pinAtReader: z.boolean(),
});
export type OfficerCardView = z.infer<typeof officerCardView>;

/** A reader as the sign-in and the lock screen see it. */
export const officerReader = z.object({
  reader: z.string(),
  label: z.string(),
  virtual: z.boolean(),
  holds: z.enum(['nothing', 'officer-card', 'another-card', 'not-read-yet']),
  officerCard: officerCardView.optional(),
});
export type OfficerReader = z.infer<typeof officerReader>;

/** The officer's card and its PIN; without one it is typed at the reader. */
export const cardAndPin = z.object({
  reader: z.string().min(1).max(200),
  pin: z.string().max(20).optional(),
});
export type CardAndPin = z.infer<typeof cardAndPin>;

/** Somebody whom this station knows, or has known. */
export const enteredOfficer = officer.extend({
  /** Nobody signs in as this officer any more. */
  endedAt: z.string().optional(),
  /** Of a start password that was not replaced yet. */
  startPasswordUntil: z.string().optional(),
});
export type EnteredOfficerView = z.infer<typeof enteredOfficer>;

const password = z.string().min(1).max(200);
const newOfficer = { officerId: officerNumber, name: officerName, role: officerRole };

export const signedOutReason = z.enum(['asked', 'idle', 'officer-ended', 'card-ended', 'password-replaced']);
export type SignedOutReason = z.infer<typeof signedOutReason>;

/** What was shown line by line and is signed now. */
const approval = z.object({ actId: z.string().min(1).max(100), card: cardAndPin });

/** One place a medium can be in: a PC/SC reader or an SD slot. */
export const readerView = z.object({
  reader: z.string(),
  label: z.string(),
  takes: z.enum(['card', 'sd-card']),
  virtual: z.boolean(),
  medium: z
    .object({
      insertion: z.number(),
      kind: mediumKind.or(z.literal('unknown')),
      /** Answer to reset, hex; cards only. */
      atr: z.string().optional(),
      /** SD: serial; cards: their GUID or serial when it has been read. */
      serial: z.string().optional(),
      sizeBytes: z.number().optional(),
      freeBytes: z.number().optional(),
      fileSystem: z.string().optional(),
      writeProtected: z.boolean().optional(),
      /** Codes of why it cannot be used for an issuance; empty: it can. */
      refusals: z.array(faultSchema),
      /** The card on it is over (S4: void after ten failed logins): its customer gets it made anew on this medium. */
      reissue: z.object({ cardId: z.string(), reason: z.string() }).optional(),
      officerCard: officerCardView.optional(),
      /** A PIN is typed at the reader's own keys. */
      pinAtReader: z.literal(true).optional(),
    })
    .optional(),
  /** A run holds it. */
  leasedBy: z.string().optional(),
});
export type ReaderView = z.infer<typeof readerView>;

/** One APDU as a technician may see it: data only of commands that carry no secret. */
export const traceLine = z.object({
  number: z.number().int(),
  at: z.string(),
  reader: z.string(),
  runId: z.string().optional(),
  direction: z.enum(['command', 'response']),
  /** CLA INS P1 P2 of the command, hex. */
  header: z.string(),
  dataLength: z.number().int(),
  /** Hex; absent: masked. */
  data: z.string().optional(),
  /** Status word, hex. */
  sw: z.string().optional(),
  fault: z.string().optional(),
});
export type TraceLine = z.infer<typeof traceLine>;

// ── runs ────────────────────────────────────────────────────────────────────

export const runWorkflow = z.enum([
  'issue-card',
  'wipe-card',
  'upgrade-client',
  'upgrade-applet',
  'restart-chain',
  'prepare-card',
  'check-card',
]);

export const runView = z.object({
  runId: z.string(),
  workflow: runWorkflow,
  state: runState,
  steps: z.array(stepProgress),
  officerId: z.string(),
  startedAt: z.string(),
  /** What is known of the run so far. */
  subject: z.object({
    customerId: z.string().optional(),
    customerName: z.string().optional(),
    cardId: z.string().optional(),
    cardState: cardState.optional(),
    mediumKind: mediumKind.optional(),
    reader: z.string().optional(),
    serial: z.string().optional(),
    certificateSerial: z.string().optional(),
    certificateSha256: z.string().optional(),
    account: z.string().optional(),
    receiptNumber: z.string().optional(),
  }),
  /** Whether the medium may be taken out now. */
  removal: z.enum(['safe', 'do-not-remove']),
  /** The batch whose card this is. */
  batchId: z.string().optional(),
  /** What the customer has typed so far on their own screen: counts only. */
  customerEntry: z.object({ field: z.string(), typed: z.number(), of: z.number().optional() }).optional(),
});
export type RunView = z.infer<typeof runView>;

/** Questions of the issue-card run, by `ask.kind`; the answer goes to `runs.answer`. */
export const issueAsks = {
  /** Customer's screen: account PIN and login password sealed to the bank, card PIN for the medium. Answered by `customer.answer`. */
  'customer-secrets': { answer: z.object({ entered: z.literal(true) }) },
  /** Officer: which reader, hence which medium. */
  'choose-medium': { answer: z.object({ reader: z.string(), kind: mediumKind, algorithm: keyAlgorithm }) },
  /** Officer: the customer holds the card and has confirmed it. */
  'hand-over': { answer: z.object({ customerConfirmed: z.literal(true) }) },
} as const;

export const receipt = z.object({
  receiptNumber: z.string(),
  issuedAt: z.string(),
  branch: z.string(),
  branchLatin: z.string(),
  bankName: z.string(),
  bankNameLatin: z.string(),
  training: z.boolean(),
  officerName: z.string(),
  customerName: z.string(),
  /** All but the last four masked. */
  documentNumberMasked: z.string(),
  accountMasked: z.string(),
  mediumKind,
  serial: z.string(),
  cardId: z.string(),
  certificateSerial: z.string(),
  certificateNotAfter: z.string(),
  certificateSha256: z.string(),
  loginName: z.string(),
});
export type Receipt = z.infer<typeof receipt>;

// ── reprovision ─────────────────────────────────────────────────────────────

/** One line of the comparison card ↔ bank ↔ CA. */
export const comparisonLine = z.object({
  /** Text key: 'card-id', 'customer', 'certificate', 'key', 'user-info', 'client', 'marker', 'state'… */
  item: z.string(),
  card: z.string().optional(),
  bank: z.string().optional(),
  ca: z.string().optional(),
  verdict: z.enum(['same', 'differs', 'missing', 'not-comparable']),
});
export const cardInspection = z.object({
  reader: z.string(),
  kind: mediumKind.or(z.literal('unknown')),
  content: foundContent,
  atr: z.string().optional(),
  serial: z.string().optional(),
  applet: z.string().optional(),
  pinRetries: z.number().optional(),
  pukRetries: z.number().optional(),
  bankRecord: cardRecord.optional(),
  /** Blank, with keys of its own: stock that waits for a customer. */
  prepared: z.literal(true).optional(),
  /** Blank, with a management key that is neither the factory's nor on record at the bank. */
  unknownKey: z.literal(true).optional(),
  lines: z.array(comparisonLine),
  /** Keys of other banks that a wipe would take with it: this card can be reset as a whole only. */
  otherKeys: z.number().int().positive().optional(),
  /** Versions of the phone client, where there is one on the medium. */
  client: z.object({ onCard: z.string(), available: z.string() }).optional(),
  /** The bank's applets for a card of this kind; absent: it has none for it, or the card's domain is not the bank's. */
  applets: z
    .array(
      z.object({
        packageAid: aid,
        name: z.string(),
        state: appletState,
        onCard: appletVersion.optional(),
        available: appletVersion,
        /** Why it may not be brought onto this card although it is not current. */
        refusal: faultSchema.optional(),
      }),
    )
    .optional(),
  /** Why nobody can say how the card's applets stand. */
  appletFault: faultSchema.optional(),
  /** Of the card's one-time passwords, as the bank has it; absent: it signs in without. */
  chain: otpChainView.optional(),
  /** The one safe action: codes of what may be done now. */
  actions: z.array(z.enum(['upgrade-client', 'upgrade-applet', 'restart-chain', 'wipe', 'none'])),
});
export type CardInspection = z.infer<typeof cardInspection>;

// ── audit ───────────────────────────────────────────────────────────────────

export const auditRecord = z.object({
  /** From 1, without gaps. */
  sequence: z.number().int(),
  at: z.string(),
  officerId: z.string(),
  /** Dotted event name: 'officer.signed-in', 'step.done', 'step.failed', 'call.refused'… */
  event: z.string(),
  runId: z.string().optional(),
  step: z.string().optional(),
  outcome: z.enum(['ok', 'refused', 'failed']),
  customerId: z.string().optional(),
  cardId: z.string().optional(),
  serial: z.string().optional(),
  reader: z.string().optional(),
  faultCode: z.string().optional(),
  /** Small facts, never secrets. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** SHA-256 of the previous record's hash and this record's canonical bytes, hex. */
  hash: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

/**
 * What is wrong with the bank's record of its keys. unsigned: not signed by this bank; shrank: shorter than what was
 * seen here before; rewritten: does not go on from that; incomplete: not all of it is there; changed: a record is not
 * the one that was signed. Of a record that shrank or was rewritten nothing else is wrong.
 */
export const bankKeysFinding = z.enum(['unsigned', 'shrank', 'rewritten', 'incomplete', 'changed']);
export type BankKeysFinding = z.infer<typeof bankKeysFinding>;

/** A page of the bank's record of its own keys, checked by the station. */
export const bankKeysPage = z.object({
  checkedAt: z.string(),
  /** Events that the bank signs for. */
  size: z.number().int().nonnegative(),
  /** When the bank signed the head. */
  signedAt: z.string().optional(),
  /** Root of the tree, hex. */
  headHash: z.string().optional(),
  /** What this station saw the last time. */
  seenBefore: z.object({ size: z.number().int(), at: z.string() }).optional(),
  finding: bankKeysFinding.optional(),
  /** Number of the first event that cannot be right, where it is known. */
  brokenAt: z.number().int().optional(),
  /** Newest first. An event that this station does not know has its text alone. */
  events: z.array(z.object({ number: z.number().int(), text: z.string(), event: bankKeyEvent.optional() })),
});
export type BankKeysPage = z.infer<typeof bankKeysPage>;

/** The record as it was shown, and under which number the bank's security officers have answered for it. */
const newKeyRecord = {
  size: z.number().int().min(1),
  headHash: z.string().regex(/^[0-9a-f]{64}$/),
  reference: keyRecordReference,
};

export const auditFilter = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  officerId: z.string().optional(),
  customerId: z.string().optional(),
  cardId: z.string().optional(),
  runId: z.string().optional(),
  event: z.string().optional(),
  outcome: z.enum(['ok', 'refused', 'failed']).optional(),
  /** Free text over ids, serials, events and fault codes. */
  text: z.string().max(80).optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;

export const auditVerification = z.object({
  intact: z.boolean(),
  records: z.number(),
  verifiedAt: z.string(),
  headHash: z.string(),
  /** So many of them, the first ones, the bank has signed for; absent when it has not, or was not asked yet. */
  anchored: z.number().optional(),
  /** First record whose hash does not follow from the one before. */
  brokenAt: z.number().optional(),
  /** The log is right in itself, and the bank has signed for another one. */
  bankHasAnother: z.literal(true).optional(),
});
export type AuditVerification = z.infer<typeof auditVerification>;

// ── the customer's own screen ───────────────────────────────────────────────

export const customerPrompt = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({
    kind: z.literal('enter-secrets'),
    runId: z.string(),
    askId: z.string(),
    customerId: z.string(),
    customerName: z.string(),
    accountMasked: z.string(),
    loginName: z.string(),
    /** Which are wanted: after a wrong account PIN only that one. */
    fields: z.array(z.enum(['account-pin', 'login-password', 'card-pin'])),
    /** Told after a wrong PIN. */
    triesLeft: z.number().optional(),
    envelopeKey: z.object({ keyId: z.string(), publicKey: z.string() }),
  }),
  z.object({ kind: z.literal('wait'), customerName: z.string() }),
  /** The card PIN, at the keys of the reader that the card is in. */
  z.object({ kind: z.literal('type-at-reader'), customerName: z.string() }),
  z.object({ kind: z.literal('take-card'), customerName: z.string(), mediumKind }),
]);
export type CustomerPrompt = z.infer<typeof customerPrompt>;

export const identityDecision = z.object({
  document: identityDocument,
  /** Fields that differ from the bank's record and were accepted by the officer. */
  differences: z.array(z.string()),
  accepted: z.literal(true),
});

/** Who works at this window. */
export const officerSession = z.object({
  officer: officer.optional(),
  /** Signed in with a card; its certificate. */
  certificateSha256: z.string().optional(),
  locked: z.boolean().optional(),
  /** The start password has to be replaced first. */
  passwordDue: z.boolean().optional(),
  /** Nobody was ever entered at this station. */
  noOfficers: z.boolean().optional(),
});
export type OfficerSessionView = z.infer<typeof officerSession>;

export const stationContract = {
  calls: {
    'station.describe': call(anyone, none, stationDescription),
    'station.setLocale': call(anyone, z.object({ locale }), done),

    'officers.session': call(officerScreens, none, officerSession),
    'officers.signIn': call(
      ['signed-out'],
      z.object({
        officerId: z.string().min(1).max(40),
        password,
        card: cardAndPin.optional(),
      }),
      officer.extend({ certificateSha256: z.string().optional(), passwordDue: z.boolean().optional() }),
    ),
    /** A station without officers gets its first manager, with the code that the bank gave to whoever installs it. */
    'officers.enterFirst': call(
      ['signed-out'],
      z.object({
        officerId: officerNumber,
        name: officerName,
        password,
        code: z.string().min(1).max(100),
      }),
      done,
    ),
    /**
     * With the code that the bank gave out for them, a manager who cannot sign in chooses a new password, or a successor
     * comes in the place of the last one.
     */
    'officers.readmitManager': call(
      ['signed-out'],
      z.object({ officerId: officerNumber, password, code: z.string().min(1).max(100) }),
      done,
    ),
    /** The officer's own password takes the place of the one that a manager handed over. */
    'officers.replacePassword': call(['password-due'], z.object({ password }), officer),
    /** The card that was pulled is back, and its PIN was typed. */
    'officers.unlock': call(['locked'], cardAndPin, officer),
    'officers.signOut': call(['password-due', 'locked', ...officers], none, done),
    /** Card readers, and whose officer's card is in them. */
    'officers.readers': call(officerScreens, none, z.object({ readers: z.array(officerReader) })),

    /** Who works at this station, and the cards of officers that the bank knows. */
    'officers.list': call(
      manager,
      none,
      z.object({ officers: z.array(enteredOfficer), cards: z.array(officerCard) }),
    ),
    /**
     * The exact text that the manager's card will sign, line by line, for one decision. Without `actId` this session
     * was opened without a card, and nothing is signed.
     */
    'officers.prepareAct': call(
      manager,
      z.discriminatedUnion('act', [
        z.object({
          act: z.literal('decide-release'),
          releaseId: z.string().min(1).max(100),
          approved: z.boolean(),
          reason: z.string().max(200),
        }),
        z.object({
          act: z.literal('enrol-card'),
          officerId: z.string().min(1).max(40),
          reader: z.string().min(1).max(200),
        }),
        z.object({
          act: z.literal('revoke-card'),
          certificateSha256: z.string().length(64),
          reason: officerCardEnd,
        }),
        z.object({ act: z.literal('enter-officer'), ...newOfficer }),
        z.object({ act: z.literal('give-start-password'), officerId: officerNumber }),
        z.object({ act: z.literal('end-officer'), officerId: officerNumber }),
        z.object({ act: z.literal('accept-key-record'), ...newKeyRecord }),
      ]),
      z.object({
        actId: z.string().optional(),
        lines: z.array(z.tuple([z.string(), z.string()])),
      }),
    ),
    /** Somebody new, or somebody who was ended and comes back; the start password is shown this once. */
    'officers.enter': call(
      manager,
      z.object({ ...newOfficer, approval: approval.optional() }),
      z.object({ startPassword: z.string(), until: z.string() }),
    ),
    /** In the place of a password that was forgotten. */
    'officers.giveStartPassword': call(
      manager,
      z.object({ officerId: officerNumber, approval: approval.optional() }),
      z.object({ startPassword: z.string(), until: z.string() }),
    ),
    /** Nobody signs in as this officer any more, and the officer's card ends at the bank. */
    'officers.end': call(
      manager,
      z.object({ officerId: officerNumber, approval: approval.optional() }),
      done,
    ),
    /** The blank card in the reader becomes this officer's own; the PIN is the officer's choice. */
    'officers.enrolCard': call(
      manager,
      z.object({
        officerId: z.string().min(1).max(40),
        card: cardAndPin,
        approval: approval.optional(),
      }),
      z.object({ card: officerCard }),
    ),
    'officers.revokeCard': call(
      manager,
      z.object({
        certificateSha256: z.string().length(64),
        reason: officerCardEnd,
        approval: approval.optional(),
      }),
      z.object({ card: officerCard }),
    ),

    'devices.list': call(officers, none, z.object({ readers: z.array(readerView), connection })),
    'devices.restart': call(technician, none, done),
    /** The last that was said to cards, oldest first; secrets are masked where it is recorded. */
    'devices.trace': call(
      technician,
      z.object({
        reader: z.string().optional(),
        runId: z.string().optional(),
        limit: z.number().int().min(1).max(1000),
      }),
      z.object({ lines: z.array(traceLine) }),
    ),
    /** A file for who mends it: station, readers, one run without its customer, its records and trace. */
    'devices.saveDiagnostics': call(
      technician,
      z.object({ runId: z.string().optional() }),
      z.object({ path: z.string(), sha256: z.string() }),
    ),

    /** Training mode only: the drawer of blank and broken media, and the hands that move them. */
    'training.drawer': call(
      officers,
      none,
      z.object({
        items: z.array(
          z.object({
            itemId: z.string(),
            label: z.string(),
            labelZh: z.string(),
            takes: z.enum(['card', 'sd-card']),
            kind: mediumKind.or(z.literal('unknown')),
            inReader: z.string().optional(),
          }),
        ),
      }),
    ),
    'training.insert': call(officers, z.object({ itemId: z.string(), reader: z.string() }), done),
    'training.remove': call(officers, z.object({ reader: z.string() }), done),
    'training.pullAt': call(
      officers,
      z.object({
        reader: z.string(),
        operation: z.number().int().positive(),
        when: z.enum(['before', 'after']),
      }),
      done,
    ),
    /** The officer's own card: made on the first time, and put into a free reader. */
    'training.insertOfficerCard': call(
      ['signed-out', 'locked', ...officers],
      z.object({ officerId: z.string().min(1).max(40) }),
      z.object({ reader: z.string() }),
    ),
    'training.newItem': call(officers, z.object({ kind: mediumKind }), z.object({ itemId: z.string() })),

    'customers.find': call(
      ['teller', 'technician'],
      z.object({ query: z.string().min(1).max(80) }),
      z.object({ customers: z.array(customerSummary) }),
    ),
    'customers.read': call(
      ['teller', 'technician'],
      z.object({ customerId: z.string() }),
      z.object({ customer, cards: z.array(cardRecord) }),
    ),

    'issuance.start': call(
      teller,
      z.object({ customerId: z.string(), account: account.shape.number, identity: identityDecision }),
      z.object({ runId: z.string() }),
    ),
    'issuance.receipt': call(['teller', 'manager'], z.object({ runId: z.string() }), receipt),
    /** Prints the receipt to PDF through the host; the path is where it was put. */
    'issuance.printReceipt': call(
      ['teller', 'manager'],
      z.object({ runId: z.string(), locale }),
      z.object({ path: z.string() }),
    ),

    'runs.list': call(officers, none, z.object({ runs: z.array(runView) })),
    'runs.read': call(officers, z.object({ runId: z.string() }), runView),
    'runs.answer': call(
      ['teller', 'technician'],
      z.object({ runId: z.string(), askId: z.string(), answer: z.unknown() }),
      done,
    ),
    'runs.cancel': call(['teller', 'technician'], z.object({ runId: z.string() }), done),
    'runs.resume': call(['teller', 'technician'], z.object({ runId: z.string() }), done),
    'runs.undo': call(['teller', 'technician'], z.object({ runId: z.string() }), done),

    'reprovision.inspect': call(technician, z.object({ reader: z.string() }), cardInspection),
    'reprovision.wipe': call(
      technician,
      z.object({
        reader: z.string(),
        reason: z.enum(['superseded', 'cessation', 'damaged', 'key-compromise', 'unfinished']),
      }),
      z.object({ runId: z.string() }),
    ),

    /** A newer phone client around the credential that is on an SD card; see `cardInspection.client`. */
    'reprovision.upgradeClient': call(
      technician,
      z.object({ reader: z.string() }),
      z.object({ runId: z.string() }),
    ),

    /** The bank's newest version of an applet onto the card in the reader; see `cardInspection.applets`. */
    'reprovision.upgradeApplet': call(
      technician,
      z.object({ reader: z.string(), packageAid: aid }),
      z.object({ runId: z.string() }),
    ),

    /** One-time passwords begin anew on the card in the reader, with its customer's account PIN (S1). */
    'reprovision.restartChain': call(
      technician,
      z.object({ reader: z.string(), reason: chainMoveReason }),
      z.object({ runId: z.string() }),
    ),

    /** One kind of work over many cards, a lane to each reader; one batch at a time. */
    'batches.list': call(
      ['technician', 'manager'],
      z.object({ limit: z.number().int().min(1).max(50) }),
      z.object({ batches: z.array(batchView) }),
    ),
    'batches.start': call(
      technician,
      z.object({
        work: batchWork,
        readers: z.array(z.string().min(1).max(200)).min(1).max(32),
        /** Of a wipe. */
        reason: z.enum(['superseded', 'cessation', 'damaged', 'key-compromise']).optional(),
      }),
      z.object({ batchId: z.string() }),
    ),
    'batches.goOn': call(technician, z.object({ batchId: z.string() }), done),
    'batches.stop': call(technician, z.object({ batchId: z.string() }), done),
    'batches.setAside': call(technician, z.object({ batchId: z.string(), reader: z.string() }), done),
    /** Every card of a batch as CSV; the log keeps the hash of the file. */
    'batches.export': call(
      ['technician', 'manager'],
      z.object({ batchId: z.string(), locale }),
      z.object({ path: z.string(), sha256: z.string() }),
    ),

    /** Cards that refused a key: why, what was tried and when, and who wants what. */
    'quarantine.list': call(['technician', 'manager'], none, z.object({ cards: z.array(quarantinedCard) })),
    'quarantine.askRelease': call(
      technician,
      z.object({
        mediumIdentity: z.string().min(1).max(100),
        finding: quarantineFinding,
        reason: z.string().min(4).max(200),
      }),
      z.object({ releaseId: z.string() }),
    ),
    /** A second officer's word: signed by the officer's card, or where none is needed the password typed again. */
    'quarantine.decide': call(
      manager,
      z.object({
        releaseId: z.string().min(1).max(100),
        approved: z.boolean(),
        reason: z.string().max(200),
        password: z.string().min(1).max(200).optional(),
        approval: approval.optional(),
      }),
      z.object({ released: z.boolean() }),
    ),

    'audit.search': call(
      manager,
      z.object({
        filter: auditFilter,
        before: z.number().int().optional(),
        limit: z.number().int().min(1).max(500),
      }),
      // Of a free text at most 10,000 matches are counted.
      z.object({ records: z.array(auditRecord), total: z.number() }),
    ),
    'audit.story': call(
      ['manager', 'technician'],
      z.object({ cardId: z.string() }),
      z.object({ records: z.array(auditRecord) }),
    ),
    'audit.verify': call(manager, none, auditVerification),
    /** What happened to the bank's own keys. `size`: of the first page, for the pages after it. */
    'audit.bankKeys': call(
      manager,
      z.object({
        before: z.number().int().min(1).optional(),
        size: z.number().int().min(1).optional(),
        limit: z.number().int().min(1).max(50),
      }),
      bankKeysPage,
    ),
    /**
     * A record that does not go on from what this station saw, but is right in itself, is taken for the new measure: a
     * bank that had to restore an older state. By the manager's card, or the password typed again.
     */
    'audit.acceptBankKeys': call(
      manager,
      z.object({
        ...newKeyRecord,
        password: z.string().min(1).max(200).optional(),
        approval: approval.optional(),
      }),
      done,
    ),
    /** A decision that an officer's card has signed, as files that openssl checks; `path` is their folder. */
    'audit.exportEvidence': call(
      manager,
      z.object({ sequence: z.number().int().min(1), locale }),
      z.object({ path: z.string(), sha256: z.string() }),
    ),
    /** Issued per day and failures by step over the last days. */
    'audit.summary': call(
      manager,
      z.object({ days: z.number().int().min(1).max(366) }),
      z.object({
        days: z.array(z.object({ day: z.string(), issued: z.number(), failed: z.number() })),
        failuresByStep: z.array(z.object({ step: z.string(), count: z.number() })),
        medianTookMs: z.number().optional(),
      }),
    ),

    'customer.prompt': call(customerScreen, none, customerPrompt),
    'customer.progress': call(
      customerScreen,
      z.object({
        runId: z.string(),
        field: z.enum(['account-pin', 'login-password', 'card-pin']),
        typed: z.number().int().min(0).max(64),
        of: z.number().int().optional(),
      }),
      done,
    ),
    'customer.answer': call(
      customerScreen,
      z.object({
        runId: z.string(),
        askId: z.string(),
        /** Sealed on this screen to the bank; the station cannot open them. */
        accountPin: sealedSecret.optional(),
        loginPassword: sealedSecret.optional(),
        /** For the medium itself; the station forgets it when the run ends. */
        cardPin: z
          .string()
          .regex(/^\d{6,8}$/)
          .optional(),
      }),
      done,
    ),
  },
  events: {
    'connection.changed': event(officerScreens, connection),
    'devices.changed': event(officers, z.object({ readers: z.array(readerView), connection })),
    'runs.changed': event(officers, runView),
    'batches.changed': event(['technician', 'manager'], batchView),
    /** The card was pulled: nothing is done at this window until it is back. Runs go on. */
    'officers.locked': event(['locked', ...officers], none),
    'officers.readersChanged': event(officerScreens, z.object({ readers: z.array(officerReader) })),
    'officers.signedOut': event(anyone, z.object({ reason: signedOutReason })),
    'customer.promptChanged': event(customerScreen, customerPrompt),
    'locale.changed': event(anyone, z.object({ locale })),
  },
} as const;

export type StationContract = typeof stationContract;
export { officerRole };
