/** Steps of all workflows, as the journal, the run and the log name them. A name that is missing here shows as it is. */
export const stepNames = [
  'check-account-pin',
  'inspect-medium',
  'reserve-card',
  'set-card-pin',
  'replace-keys',
  'generate-key',
  'write-key',
  'report-keyed',
  'sign-request',
  'enrol',
  'write-certificate',
  'write-user-info',
  'write-card-identity',
  'write-client',
  'write-directory',
  'sign-manifest',
  'write-marker',
  'write-manifest',
  'report-written',
  'read-back',
  'prove',
  'register',
  'deliver',
  'activate',
  'inspect-card',
  'revoke',
  'wipe',
  'verify-blank',
  'report-wiped',
  'report-client',
  'verify-prepared',
  'report-prepared',
] as const;
export type StepName = (typeof stepNames)[number];

export const questionNames = ['customer-secrets', 'choose-medium', 'hand-over'] as const;
export type QuestionName = (typeof questionNames)[number];
