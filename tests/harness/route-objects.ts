/**
 * Where things are on the screens, for programs that drive them. Everything a person can press or read
 * has an accessible name too; these do not change with the language.
 */
export const signInPage = {
  screen: 'sign-in',
  officer: (officerId: string) => `officer-${officerId}`,
  officerId: 'officer-id',
  password: 'password',
  submit: 'sign-in-submit',
  fault: 'sign-in-fault',
  card: 'officer-card',
  pin: 'officer-pin',
  tries: 'officer-tries',
  fillPassword: 'fill-password',
  fillPin: 'fill-pin',
  insertCard: 'insert-officer-card',
} as const;

/** A station without officers. */
export const firstManagerPage = {
  screen: 'first-manager',
  code: 'first-code',
  officerId: 'first-officer-id',
  name: 'first-name',
  password: 'new-password',
  again: 'new-password-again',
  enter: 'first-manager-set',
  fault: 'first-manager-fault',
} as const;

/** With a code of the bank's, for a manager who cannot sign in. */
export const managerCodePage = {
  open: 'open-manager-code',
  screen: 'manager-code',
  code: 'manager-code-code',
  officerId: 'manager-code-officer',
  password: 'new-password',
  again: 'new-password-again',
  set: 'manager-code-set',
  back: 'manager-code-back',
  fault: 'manager-code-fault',
} as const;

/** Signed in with a start password. */
export const ownPasswordPage = {
  screen: 'own-password',
  password: 'new-password',
  again: 'new-password-again',
  set: 'own-password-set',
  fault: 'own-password-fault',
} as const;

export const lockScreen = {
  screen: 'lock-screen',
  pin: 'officer-pin',
  unlock: 'unlock',
  fault: 'unlock-fault',
} as const;

export const signAct = {
  screen: 'sign-act',
  lines: 'act-lines',
  pin: 'officer-pin',
  sign: 'sign',
  readAgain: 'read-again',
  back: 'sign-back',
  fault: 'sign-fault',
} as const;

export const officersPage = {
  screen: 'officers',
  pick: (officerId: string) => `pick-officer-${officerId}`,
  enrol: 'enrol-card',
  form: 'enrol-form',
  newPin: 'new-pin',
  newPinAgain: 'new-pin-again',
  next: 'enrol-next',
  end: 'end-card',
  endReason: (reason: 'lost' | 'damaged' | 'left') => `end-${reason}`,
  endNext: 'end-next',
  done: 'officers-done',
  enter: 'enter-officer',
  enterId: 'enter-officer-id',
  enterName: 'enter-name',
  enterRole: (role: 'teller' | 'manager' | 'technician') => `enter-role-${role}`,
  enterNext: 'enter-next',
  enterAgain: 'enter-again',
  startPassword: 'start-password-text',
  startPasswordDone: 'start-password-done',
  giveStartPassword: 'give-start-password',
  leave: 'end-officer',
} as const;

export const shell = {
  nav: (place: 'issue' | 'reprovision' | 'batch' | 'quarantine' | 'officers' | 'audit' | 'devices') =>
    `nav-${place}`,
  officer: 'officer',
  signOut: 'sign-out',
  language: 'switch-language',
  theme: 'switch-theme',
  trainingBand: 'training-band',
  bank: 'strip-bank',
  clock: 'strip-clock',
  reader: (reader: string) => `strip-reader-${reader}`,
  drawerOpen: 'drawer-open',
  drawerClose: 'drawer-close',
  cardPanel: 'card-panel',
  cardState: 'card-state',
  cardPart: (part: string) => `card-part-${part}`,
  turnCard: 'card-panel-turn',
  removal: 'removal',
} as const;

export const issuePage = {
  stages: 'stages',
  stage: (stage: 'customer' | 'secrets' | 'medium' | 'write' | 'handOver') => `stage-${stage}`,
  find: {
    screen: 'find-customer',
    query: 'customer-query',
    customer: (customerId: string) => `customer-${customerId}`,
    nobody: 'nobody-found',
    unfinished: (runId: string) => `unfinished-${runId}`,
    offline: 'offline',
  },
  identity: {
    screen: 'check-identity',
    type: 'document-type',
    field: (name: 'number' | 'name' | 'birthDate' | 'expires' | 'issuedBy') => `document-${name}`,
    account: 'account',
    photoCheck: 'photo-check',
    acceptDifference: (name: string) => `accept-${name}`,
    agrees: 'document-agrees',
    differs: 'document-differs',
    accept: 'identity-accept',
    back: 'identity-back',
  },
  secrets: { screen: 'customer-secrets', entry: (field: string) => `entry-${field}` },
  medium: {
    screen: 'choose-medium',
    reader: (reader: string) => `reader-${reader}`,
    pick: (reader: string) => `reader-${reader}-pick`,
    algorithm: 'algorithm',
    write: 'medium-write',
  },
  write: {
    screen: 'write-card',
    transfer: 'transfer',
    step: (step: string) => `step-${step}`,
    stop: 'stop-run',
    stopYes: 'stop-run-yes',
  },
  fault: {
    panel: 'fault-panel',
    remedy: 'fault-remedy',
    undo: 'fault-undo',
    resume: 'fault-resume',
    report: 'report-number',
  },
  undoing: 'run-undoing',
  undone: 'issue-undone',
  handOver: {
    screen: 'hand-over',
    receipt: 'receipt',
    print: 'print-receipt',
    saved: 'receipt-saved',
    confirm: 'customer-has-card',
  },
  finished: { screen: 'issue-finished', next: 'next-customer' },
} as const;

export const reprovisionPage = {
  madeAnew: 'made-anew',
  screen: 'reprovision',
  reader: (reader: string) => `inspect-${reader}`,
  again: 'inspect-again',
  content: 'inspection-content',
  comparison: 'comparison',
  line: (item: string) => `line-${item}`,
  noAction: 'no-action',
  wipeOpen: 'wipe-open',
  wipeOthers: 'wipe-others',
  wipeReason: 'wipe-reason',
  wipeSure: 'wipe-sure',
  wipeNow: 'wipe-now',
  upgrade: 'upgrade-client',
  upgrading: 'upgrade-run',
  applet: (state: string) => `applet-${state}`,
  upgradeApplet: (packageAid: string) => `upgrade-applet-${packageAid}`,
  upgradingApplet: 'applet-run',
  restartOpen: 'restart-open',
  restartReason: 'restart-reason',
  restartNow: 'restart-now',
  restarting: 'restart-run',
  waitForPin: 'wait-for-pin',
  stop: 'stop-run',
  wiping: 'wipe-run',
  finished: 'wipe-finished',
  next: 'wipe-next',
} as const;

export const batchPage = {
  screen: 'batch',
  work: (work: 'prepare' | 'wipe' | 'inspect') => `batch-work-${work}`,
  reader: (reader: string) => `batch-reader-${reader}`,
  reason: 'batch-reason',
  start: 'batch-start',
  atWork: 'batch-at-work',
  hold: 'batch-hold',
  goOn: 'batch-go-on',
  stop: 'batch-stop',
  count: (outcome: 'good' | 'refused' | 'failed' | 'quarantined') => `count-${outcome}`,
  lane: (reader: string) => `lane-${reader}`,
  laneState: (reader: string) => `lane-state-${reader}`,
  resume: (reader: string) => `lane-resume-${reader}`,
  undo: (reader: string) => `lane-undo-${reader}`,
  setAside: (reader: string) => `lane-aside-${reader}`,
  ended: 'batch-ended',
  cards: 'batch-cards',
  export: 'batch-export',
  saved: 'batch-saved',
  next: 'batch-next',
  earlier: (batchId: string) => `batch-${batchId}`,
} as const;

export const quarantinePage = {
  screen: 'quarantine',
  empty: 'quarantine-empty',
  card: (mediumIdentity: string) => `quarantined-${mediumIdentity}`,
  attempts: 'attempts',
  events: 'card-events',
  finding: (finding: 'as-recorded' | 'factory') => `finding-${finding}`,
  reason: 'release-reason',
  ask: 'ask-release',
  waits: 'release-waits',
  nobodyAsks: 'nobody-asks',
  password: 'decision-password',
  note: 'decision-reason',
  release: 'release',
  leave: 'leave',
  done: (what: 'asked' | 'released' | 'refused') => `quarantine-${what}`,
} as const;

export const auditPage = {
  screen: 'audit',
  total: 'audit-total',
  text: 'audit-text',
  event: 'audit-event',
  outcome: 'audit-outcome',
  from: 'audit-from',
  to: 'audit-to',
  clear: 'audit-clear',
  rows: 'audit-rows',
  record: (sequence: number) => `audit-${sequence}`,
  verification: 'verification',
  verifyAgain: 'verify-again',
  summary: 'audit-summary',
  story: 'card-story',
  timeline: 'story-timeline',
  signed: 'signed-decision',
  exportEvidence: 'export-evidence',
  evidenceSaved: 'evidence-saved',
  openBankKeys: 'open-bank-keys',
  bankKeys: 'bank-keys',
  bankKeysCheck: 'bank-keys-check',
  bankKeysFinding: 'bank-keys-finding',
  bankKeysRows: 'bank-keys-rows',
  bankKeysEmpty: 'bank-keys-empty',
  bankKeysAgain: 'bank-keys-again',
  bankKeysBack: 'bank-keys-back',
  acceptKeyRecord: 'accept-key-record',
  acceptForm: 'accept-key-record-form',
  acceptReference: 'accept-reference',
  acceptPassword: 'accept-password',
  keyRecordAccepted: 'key-record-accepted',
  bankKey: (number: number) => `bank-key-${number}`,
} as const;

export const devicesPage = {
  screen: 'devices',
  reader: (reader: string) => `device-${reader}`,
  restart: 'devices-restart',
} as const;

export const trainingDrawer = {
  screen: 'training-drawer',
  item: (itemId: string) => `drawer-item-${itemId}`,
  insert: (itemId: string, reader: string) => `drawer-insert-${itemId}-${reader}`,
  remove: (itemId: string) => `drawer-remove-${itemId}`,
  newItem: (kind: 'sim' | 'smart-card' | 'sd-card') => `drawer-new-${kind}`,
  pullAt: (reader: string) => `pull-at-${reader}`,
} as const;

/** The customer's own screen. PINs are typed on the keyboard or the pad and followed by Enter or `next`. */
export const customerPage = {
  screen: 'customer-screen',
  language: (locale: 'zh-CN' | 'en') => `customer-language-${locale}`,
  idle: 'customer-idle',
  accountPin: 'ask-account-pin',
  loginPassword: 'ask-login-password',
  loginPasswordField: 'login-password',
  loginPasswordAgain: 'ask-login-password-again',
  loginPasswordAgainField: 'login-password-again',
  passwordNext: 'password-next',
  cardPin: 'ask-card-pin',
  cardPinAgain: 'ask-card-pin-again',
  pad: (digit: number) => `pad-${digit}`,
  padDelete: 'pad-delete',
  padNext: 'pad-next',
  notice: 'customer-notice',
  wait: 'customer-wait',
  typeAtReader: 'customer-type-at-reader',
  takeCard: 'customer-take-card',
} as const;
