/** Who or what has to change for the next try to succeed. */
export type Blame =
  'user' | 'customer' | 'card' | 'medium' | 'reader' | 'bank' | 'network' | 'station' | 'bug';

/** The one right next action; the screen shows it as a button. */
export type Remedy =
  | 'try-again' // the same again
  | 'correct-input' // change what was typed
  | 'choose-another' // another card, medium or reader
  | 'insert-again' // put the same card back
  | 'resume' // go on with the run where it stopped
  | 'compensate' // undo what the run did
  | 'sign-in' // sign in again
  | 'call-technician'
  | 'call-manager'
  | 'contact-bank'
  | 'none';

export interface FaultKind {
  readonly blame: Blame;
  readonly remedy: Remedy;
}

const kind = (blame: Blame, remedy: Remedy): FaultKind => ({ blame, remedy });

/** The one table of expected failures. Texts for each code are in shared/text; a test keeps the two equal. */
export const faultTable = {
  // the contract between screen and station
  'not-allowed': kind('user', 'sign-in'),
  'bad-input': kind('user', 'correct-input'),
  'unknown-call': kind('bug', 'none'),
  'port-closed': kind('station', 'try-again'),
  'internal-error': kind('bug', 'call-technician'),

  // officers
  'sign-in-refused': kind('user', 'correct-input'),
  'sign-in-delayed': kind('user', 'try-again'),
  'session-expired': kind('user', 'sign-in'),
  'officers-entered-already': kind('user', 'sign-in'),
  'officer-entered-already': kind('user', 'correct-input'),
  'officer-unknown': kind('user', 'choose-another'),
  'officer-password-weak': kind('user', 'correct-input'),
  'start-password-over': kind('user', 'call-manager'),
  'last-manager': kind('user', 'none'),
  'first-manager-code-refused': kind('user', 'contact-bank'),
  'manager-code-refused': kind('user', 'contact-bank'),
  'manager-with-card': kind('user', 'call-manager'),
  'officer-card-needed': kind('user', 'correct-input'),
  'officer-card-wrong': kind('user', 'choose-another'),
  'officer-card-of-another': kind('user', 'choose-another'),
  'officer-card-expired': kind('user', 'call-manager'),
  'officer-card-revoked': kind('user', 'call-manager'),
  'officer-card-unknown': kind('user', 'call-manager'),
  'officer-card-unchecked': kind('network', 'try-again'),
  'officer-card-in-use': kind('user', 'choose-another'),
  'officer-pin-wrong': kind('user', 'correct-input'),
  'officer-pin-last-try': kind('user', 'call-manager'),
  'officer-pin-blocked': kind('user', 'call-manager'),
  'officer-pin-format': kind('user', 'correct-input'),
  'officer-signature-needed': kind('user', 'correct-input'),
  'officer-signature-refused': kind('user', 'try-again'),
  'officer-act-expired': kind('user', 'try-again'),

  // runs
  'run-unknown': kind('user', 'none'),
  'run-busy': kind('user', 'none'),
  'run-not-asking': kind('user', 'none'),
  'run-interrupted': kind('station', 'resume'),
  'run-cancelled': kind('user', 'compensate'),
  'batch-unknown': kind('user', 'none'),
  'batch-open': kind('user', 'none'),

  // station storage
  'journal-damaged': kind('station', 'call-technician'),
  'training-data': kind('station', 'call-technician'),
  'database-damaged': kind('station', 'call-technician'),
  'database-locked': kind('station', 'try-again'),
  'storage-full': kind('station', 'call-technician'),
  'audit-chain-broken': kind('station', 'call-manager'),

  // devices and readers
  'device-process-lost': kind('station', 'try-again'),
  'reader-unknown': kind('reader', 'choose-another'),
  'reader-gone': kind('reader', 'insert-again'),
  'reader-busy': kind('reader', 'try-again'),
  'pcsc-unavailable': kind('reader', 'call-technician'),
  'no-medium': kind('user', 'insert-again'),

  // cards
  'card-removed': kind('card', 'insert-again'),
  'card-swapped': kind('card', 'insert-again'),
  'card-mute': kind('card', 'choose-another'),
  'card-timeout': kind('card', 'insert-again'),
  'card-bad-answer': kind('card', 'choose-another'),
  'card-unsupported': kind('card', 'choose-another'),
  'card-key-weak': kind('card', 'choose-another'),
  'card-key-not-there': kind('card', 'choose-another'),
  'card-foreign': kind('card', 'choose-another'),
  'card-already-issued': kind('card', 'choose-another'),
  'card-status': kind('card', 'choose-another'),
  'card-full': kind('card', 'choose-another'),
  'card-management-key-refused': kind('card', 'call-technician'),
  'card-quarantined': kind('card', 'choose-another'),
  'card-not-quarantined': kind('user', 'none'),
  'card-in-force': kind('card', 'choose-another'),
  'card-shared': kind('card', 'choose-another'),
  'card-channel-broken': kind('card', 'insert-again'),
  'card-pin-needed': kind('customer', 'correct-input'),
  'applet-damaged': kind('bank', 'contact-bank'),
  'applet-newer-on-card': kind('card', 'call-technician'),
  'applet-not-newer': kind('user', 'none'),
  'applet-holds-data': kind('card', 'choose-another'),
  'applet-unknown': kind('bank', 'contact-bank'),
  'applet-refused': kind('bank', 'contact-bank'),
  'card-command-refused': kind('station', 'contact-bank'),
  'card-pin-wrong': kind('customer', 'try-again'),
  'card-pin-last-try': kind('customer', 'choose-another'),
  'card-pin-blocked': kind('card', 'call-technician'),
  'card-pin-format': kind('customer', 'correct-input'),
  'pin-pad-timeout': kind('customer', 'try-again'),
  'pin-pad-cancelled': kind('customer', 'try-again'),
  'pin-pad-mismatch': kind('customer', 'try-again'),
  'card-object-missing': kind('card', 'compensate'),
  'card-read-back-differs': kind('card', 'compensate'),
  'card-key-mismatch': kind('card', 'compensate'),
  'card-incomplete': kind('card', 'compensate'),

  // SD media
  'medium-unknown': kind('medium', 'choose-another'),
  'medium-removed': kind('medium', 'insert-again'),
  'medium-swapped': kind('medium', 'insert-again'),
  'medium-full': kind('medium', 'choose-another'),
  'medium-write-protected': kind('medium', 'insert-again'),
  'medium-io-error': kind('medium', 'choose-another'),
  'medium-system-disk': kind('medium', 'choose-another'),
  'medium-unsupported': kind('medium', 'choose-another'),
  'medium-already-issued': kind('medium', 'choose-another'),
  'medium-false-capacity': kind('medium', 'choose-another'),
  'medium-read-not-cold': kind('medium', 'insert-again'),
  'medium-read-back-differs': kind('medium', 'compensate'),
  'medium-file-missing': kind('medium', 'compensate'),
  'medium-incomplete': kind('medium', 'compensate'),
  'medium-foreign': kind('medium', 'choose-another'),
  'medium-file-damaged': kind('medium', 'compensate'),
  'medium-signature-invalid': kind('medium', 'compensate'),
  'client-not-newer': kind('user', 'none'),

  // the host: the window, the printer and the processes beside it
  'browser-missing': kind('station', 'call-technician'),
  'browser-not-started': kind('station', 'call-technician'),
  'print-failed': kind('station', 'try-again'),
  'bank-server-not-started': kind('station', 'call-technician'),
  'station-runs-already': kind('user', 'none'),

  // the bank: reaching it
  'bank-unreachable': kind('network', 'resume'),
  'bank-timeout': kind('network', 'resume'),
  'bank-untrusted': kind('network', 'call-technician'),
  'bank-refused-station': kind('bank', 'call-technician'),
  'station-certificate-ended': kind('station', 'call-technician'),
  'station-certificate-not-renewed': kind('bank', 'call-technician'),
  'bank-bad-answer': kind('bank', 'contact-bank'),
  'bank-internal-error': kind('bank', 'resume'),
  'bank-busy': kind('bank', 'resume'),
  'bank-keys-damaged': kind('bank', 'call-technician'),
  'bank-key-record-broken': kind('bank', 'contact-bank'),
  'bank-port-taken': kind('bank', 'call-technician'),
  'bank-setup-invalid': kind('bank', 'call-technician'),
  'clock-off': kind('station', 'call-technician'),
  'training-only': kind('station', 'none'),

  // the bank: what it says
  'customer-unknown': kind('user', 'correct-input'),
  'customer-blocked': kind('customer', 'call-manager'),
  'customer-has-active-card': kind('customer', 'call-manager'),
  'identity-refused': kind('user', 'none'),
  'account-unknown': kind('user', 'correct-input'),
  'core-banking-unavailable': kind('bank', 'try-again'),
  'account-pin-wrong': kind('customer', 'try-again'),
  'account-pin-blocked': kind('customer', 'contact-bank'),
  'pin-check-expired': kind('customer', 'try-again'),
  'login-password-weak': kind('customer', 'correct-input'),
  'envelope-unreadable': kind('bank', 'try-again'),
  'card-unknown': kind('user', 'correct-input'),
  'card-state-conflict': kind('bank', 'none'),
  'release-waits': kind('user', 'none'),
  'second-officer-needed': kind('user', 'call-manager'),
  'medium-already-registered': kind('medium', 'choose-another'),
  'idempotency-conflict': kind('bug', 'call-technician'),
  'request-malformed': kind('bug', 'call-technician'),
  'csr-refused': kind('bank', 'compensate'),
  'bank-key-conflict': kind('bank', 'contact-bank'),
  'bank-key-unfit': kind('bank', 'contact-bank'),
  'key-component-wrong': kind('user', 'correct-input'),
  'key-component-same-officer': kind('user', 'correct-input'),
  'key-check-value-differs': kind('user', 'correct-input'),
  'certificate-unknown': kind('bank', 'none'),
  'certificate-revoked': kind('bank', 'none'),
  'challenge-unknown': kind('bank', 'resume'),
  'proof-refused': kind('card', 'compensate'),

  // login at the bank (phone client, portal)
  'assertion-malformed': kind('customer', 'try-again'),
  'assertion-expired': kind('customer', 'try-again'),
  'assertion-replayed': kind('customer', 'try-again'),
  'assertion-foreign-key': kind('customer', 'contact-bank'),
  'certificate-expired': kind('customer', 'contact-bank'),
  'registration-void': kind('customer', 'contact-bank'),
  'registration-inactive': kind('customer', 'contact-bank'),
  'login-refused': kind('customer', 'correct-input'),
  'login-delayed': kind('customer', 'try-again'),
  'otp-wrong': kind('customer', 'try-again'),
  'card-copied': kind('customer', 'contact-bank'),
  'chain-suspended': kind('card', 'call-technician'),
  'chain-absent': kind('card', 'none'),
  'chain-move-over': kind('bank', 'compensate'),

  // the ledger
  'insufficient-funds': kind('customer', 'correct-input'),
  'transfer-limit-exceeded': kind('customer', 'correct-input'),
  'transfer-not-possible': kind('customer', 'correct-input'),
  'account-closed': kind('customer', 'contact-bank'),
  'payee-mismatch': kind('customer', 'correct-input'),
  'order-unknown': kind('customer', 'try-again'),

  // the operator platform
  'operator-unknown': kind('network', 'contact-bank'),
  'operator-unreachable': kind('network', 'try-again'),
  'operator-key-unknown': kind('network', 'try-again'),
  'operator-message-unreadable': kind('network', 'try-again'),
  'operator-message-replayed': kind('network', 'try-again'),
  'subscriber-unknown': kind('customer', 'contact-bank'),
  'subscriber-mismatch': kind('customer', 'contact-bank'),
  'seed-refused': kind('user', 'correct-input'),
  'dialogue-expired': kind('customer', 'try-again'),
} as const satisfies Record<string, FaultKind>;
