import type {
  CardState,
  CertificateState,
  IdentityField,
  KeyAlgorithm,
  MediumKind,
  OfficerRole,
  RegistrationState,
} from '../domain/index.ts';
import type { Remedy } from '../result/index.ts';
import type { FaultTexts } from './fault-text.ts';
import type { Locale } from './locale.ts';
import type { QuestionName, StepName } from './step-names.ts';
import { words as en } from './en/words.ts';
import { words as chinese } from './zh-cn/words.ts';

type BatchWork = 'prepare' | 'wipe' | 'inspect';
type BatchOutcome = 'good' | 'refused' | 'failed' | 'quarantined' | 'undone';
type BatchCsvHead =
  | 'batch'
  | 'station'
  | 'training'
  | 'officer'
  | 'begun'
  | 'ended'
  | 'number'
  | 'at'
  | 'reader'
  | 'medium'
  | 'serial'
  | 'result'
  | 'outcome'
  | 'fault'
  | 'tookMs'
  | 'run';

/** A step as a thing to do, and as what is going on while it runs. */
export interface StepWords {
  readonly name: string;
  readonly doing: string;
}

/** A state in one word, and what it means in one sentence. */
export interface StateWords {
  readonly name: string;
  readonly means: string;
}

/** Every word that belongs to the product's own notions. What is missing in a language does not compile. */
export interface Words {
  readonly faults: FaultTexts;
  readonly remedies: Readonly<Record<Remedy, string>>;
  readonly steps: Readonly<Record<StepName, StepWords>>;
  readonly questions: Readonly<Record<QuestionName, StepWords>>;
  readonly cardStates: Readonly<Record<CardState, StateWords>>;
  readonly certificateStates: Readonly<Record<CertificateState, string>>;
  readonly registrationStates: Readonly<Record<RegistrationState, string>>;
  readonly mediumKinds: Readonly<Record<MediumKind | 'unknown', string>>;
  readonly batches: {
    readonly works: Readonly<Record<BatchWork, { readonly name: string; readonly done: string }>>;
    readonly outcomes: Readonly<Record<BatchOutcome, string>>;
    /** Heads of the exported table. */
    readonly csv: Readonly<Record<BatchCsvHead, string>>;
  };
  /** The file beside a signed decision that says what lies there and how to check it. */
  readonly evidence: {
    readonly title: string;
    readonly training: string;
    readonly record: string;
    readonly files: Readonly<Record<'text' | 'signature' | 'certificate' | 'ca', string>>;
    readonly check: string;
    readonly expected: string;
    readonly ca: string;
    readonly revoked: string;
  };
  readonly algorithms: Readonly<Record<KeyAlgorithm, string>>;
  readonly roles: Readonly<Record<OfficerRole, string>>;
  readonly identityFields: Readonly<Record<IdentityField, string>>;
  readonly documentTypes: Readonly<Record<'identity-card' | 'passport', string>>;
  readonly accountKinds: Readonly<Record<'current' | 'savings', string>>;
}

export const words: Readonly<Record<Locale, Words>> = { 'zh-CN': chinese, en };
