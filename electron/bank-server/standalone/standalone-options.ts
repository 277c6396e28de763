import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { tokenAlgorithms, type TokenAlgorithm } from '../ca/pkcs11/make-key-pair.ts';
import type { TokenAddress } from '../ca/pkcs11/open-token.ts';
import { keyAlgorithm, type KeyAlgorithm } from '../../shared/domain/index.ts';
import { phoneLogins, type PhoneLogin } from '../bank.ts';
import { masterKeyAlgorithms, type MasterKeyAlgorithm } from '../key-service/diversification/master-key.ts';
import type { EnrolmentSettings } from '../est/open-enrolment-server.ts';
import { requestLimits, type RequestLimits } from '../http/limit-requests.ts';
import type { LogLevel } from '../log.ts';
import { partnerOf, readKey, type PartnerAddress } from './partner-options.ts';

type Server =
  | 'api'
  | 'portal'
  | 'operations'
  | 'enrolment'
  | 'online'
  | 'publication'
  | 'operator-gateway'
  | 'operator-seeds';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/**
 * `set-up` makes keys, CA and tables once; `serve` answers stations and phones; the others let stations in:
 * a password for the first enrolment, what waits for approval, yes and no, a code for the first manager, for one who
 * forgot the password or for the successor of the last one; let a station begin another log; write down what was agreed with mobile
 * operators, and which employees enter seeds for them; let a new issuing key take over; keep the cards' master keys; or
 * prove what happened to all of them.
 */
const commands = [
  'set-up',
  'serve',
  'admit-station',
  'admit-first-manager',
  'list-enrolments',
  'approve-enrolment',
  'refuse-enrolment',
  'reopen-officer-set-up',
  'end-cards-again',
  'begin-station-log',
  'list-station-logs',
  'readmit-manager',
  'admit-successor',
  'list-manager-admissions',
  'admit-operator',
  'admit-officer',
  'list-ca-keys',
  'announce-ca-key',
  'switch-ca-key',
  'make-key-component',
  'enter-key-component',
  'adopt-master-key',
  'abandon-master-key',
  'activate-master-key',
  'list-master-keys',
  'audit-keys',
] as const;
export type Command = (typeof commands)[number];

export interface StandaloneOptions {
  readonly command: Command;
  /** What the command is about: a station's or an enrolment's id, or a master key's version. */
  readonly subject: string;
  /** Who decides, for the record. */
  readonly officer: string;
  /** Of the station, by number: who may choose a new password (`readmit-manager`), or never comes back (`admit-successor`). */
  readonly manager: string;
  /** Who comes in the manager's place, by number, and the name for the certificate (`admit-successor`). */
  readonly successor: string;
  readonly name: string;
  /** `postgres://…`, or the path of an SQLite file for a bank of one process. */
  readonly database: string;
  readonly dataFolder: string;
  readonly resourcesFolder: string | undefined;
  readonly hsm: { readonly address: TokenAddress; readonly pinFile: string } | undefined;
  /** Of the first issuing key, or of the one that is announced. */
  readonly caAlgorithm: TokenAlgorithm;
  /** Of a master key that is entered, or of a component that is made for one. */
  readonly keyAlgorithm: MasterKeyAlgorithm;
  /** With a component and its check value; absent: piped in, or asked at the terminal. */
  readonly componentFile: string | undefined;
  /** Where an auditor keeps the signed head that they saw last. */
  readonly headFile: string | undefined;
  /** What `--notify` has written, line by line (`end-cards-again`). */
  readonly notificationsFile: string | undefined;
  /** A key that is in the HSM already: its label, or `id:` and its id in hex. */
  readonly foundKey: string | undefined;
  /** Of the whole key, as its officers know it. */
  readonly checkValue: string | undefined;
  readonly api: Address;
  readonly portal: Address;
  /** Health and metrics: plain HTTP, for the machines that watch this one. */
  readonly operations: Address;
  /** For stations without a certificate; absent: none can enrol here. */
  readonly enrolment: Address | undefined;
  readonly enrolmentSettings: EnrolmentSettings;
  /** For customers with a card in their own reader; absent: none are served. */
  readonly online: Address | undefined;
  /** For mobile operators, and for the employees who enter seeds; absent: this process serves none. */
  readonly operators: { readonly gateway: Address; readonly seeds: Address } | undefined;
  /** What was agreed with an operator, a JSON file (`admit-operator`). */
  readonly agreement: string | undefined;
  /** Of an employee's card (`admit-officer`). */
  readonly publicKeyFile: string | undefined;
  /** The core system; absent: customers and PINs are in the bank server's own tables. */
  readonly coreBanking: (PartnerAddress & { readonly pinKey: Buffer }) | undefined;
  /** Who is told what happens to cards; absent: nobody. */
  readonly notify: PartnerAddress | { readonly file: string } | undefined;
  readonly limits: RequestLimits;
  /** Of the online server as browsers reach it; the portal then offers login with a card in a reader. */
  readonly onlineOrigin: string | undefined;
  /** Lists and answers about certificates in plain HTTP; absent: at the portal only. */
  readonly publication: Address | undefined;
  /** Where the certificates say that those are. */
  readonly publicationOrigin: string | undefined;
  /** Of the keys that this bank has made online. */
  readonly cardAlgorithm: KeyAlgorithm;
  /** Chosen at set-up: it decides what is on the cards. */
  readonly phoneLogin: PhoneLogin;
  readonly hostNames: readonly string[];
  readonly portalOrigin: string | undefined;
  readonly bankId: string;
  readonly bankName: string;
  readonly bankNameLatin: string;
  readonly training: boolean;
  /** Where a first station's key and certificates go at set-up. */
  readonly stationFolder: string | undefined;
  readonly logLevel: LogLevel;
  /** That serve at the same addresses. */
  readonly processes: number;
}

/** The options, or everything that is wrong with them at once, one line each. */
export const readStandaloneOptions = (
  args: readonly string[],
):
  | { readonly ok: true; readonly options: StandaloneOptions }
  | { readonly ok: false; readonly errors: readonly string[] } => {
  const errors: string[] = [];
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return { ok: false, errors: [error instanceof Error ? error.message : 'options cannot be read'] };
  }
  const { values, positionals } = parsed;
  const [word = 'serve', subject = '', ...more] = positionals;
  const command = commands.find((each) => each === word);
  if (command === undefined || more.length > 0)
    errors.push(`command: "${positionals.join(' ')}" is none of ${commands.join(', ')}`);
  const needsSubject = /^(admit|readmit|approve|refuse|reopen|begin|enter|adopt|abandon|activate)-/.test(
    word,
  );
  if (command !== undefined && needsSubject !== (subject !== ''))
    errors.push(`${command}: ${needsSubject ? 'of which one?' : `what is "${subject}"?`}`);
  if (
    /^(admit-(first|successor)|(readmit|approve|refuse|reopen|begin|end|announce|switch|enter|adopt|abandon|activate)-)/.test(
      word,
    ) &&
    !values.officer?.trim()
  )
    errors.push('--officer is missing: who decides');
  for (const [name, value, commands, meaning] of [
    [
      'manager',
      values.manager,
      ['readmit-manager', 'admit-successor'],
      'the number of a manager of the station',
    ],
    ['successor', values.successor, ['admit-successor'], 'the number of who comes in the place'],
    ['name', values.name, ['admit-successor'], 'the successor’s name, as it will stand on the certificate'],
    ['notifications', values.notifications, ['end-cards-again'], 'the file with what was told of cards'],
  ] as const)
    if (commands.some((each) => each === command) !== (value !== undefined))
      errors.push(
        value === undefined
          ? `--${name} is missing: ${meaning}`
          : `--${name} belongs to ${commands.join(' and ')}`,
      );
  const isSetUp = command === 'set-up';
  // The one command that has nothing to do with a bank's own data.
  const isAlone = command === 'make-key-component';

  const database = values.database ?? '';
  if (database === '' && !isAlone)
    errors.push('--database is missing: postgres://user:password@host/database');
  else if (/^[a-z]+:\/\//.test(database)) {
    if (!/^postgres(ql)?:\/\//.test(database)) errors.push('--database: only postgres:// is known');
    else if (!URL.canParse(database)) errors.push('--database: this is not a URL');
  }
  const dataFolder = values.data ?? '';
  if (dataFolder === '' && !isAlone) errors.push('--data is missing: the folder of the bank’s keys');
  else if (!isSetUp && dataFolder !== '' && !existsSync(dataFolder))
    errors.push(`--data: ${dataFolder} does not exist; run set-up first`);
  if (values.resources !== undefined && !existsSync(values.resources))
    errors.push(`--resources: ${values.resources} does not exist`);

  const hsm = hsmOf(values, errors);
  const caAlgorithm = tokenAlgorithms.find((each) => each === values['ca-algorithm']);
  if (caAlgorithm === undefined) errors.push(`--ca-algorithm: one of ${tokenAlgorithms.join(', ')}`);

  const masterAlgorithm = masterKeyAlgorithms.find((each) => each === values['key-algorithm']);
  if (masterAlgorithm === undefined) errors.push(`--key-algorithm: one of ${masterKeyAlgorithms.join(', ')}`);
  const componentFile = values['component-file'];
  if (componentFile !== undefined && command === 'enter-key-component' && !existsSync(componentFile))
    errors.push(`--component-file: ${componentFile} does not exist`);
  if (values.notifications !== undefined && !existsSync(values.notifications))
    errors.push(`--notifications: ${values.notifications} does not exist`);
  const checkValue = values['check-value'];
  if (checkValue !== undefined && !/^[0-9a-f]{6}$/i.test(checkValue))
    errors.push('--check-value: 6 hex digits');
  const foundKey = foundKeyOf(command, values, errors);
  if ((command === 'activate-master-key' || command === 'adopt-master-key') && checkValue === undefined)
    errors.push('--check-value is missing: of the key, as its officers wrote it down');

  const address = (name: Server): Address => {
    const match = /^(.+):(\d{1,5})$/.exec(values[name] ?? '');
    const [, host = '', port = ''] = match ?? [];
    if (match === null || Number(port) > 65_535) errors.push(`--${name}: "${values[name]}" is not host:port`);
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  };
  const [api, portal, operations] = [address('api'), address('portal'), address('operations')];
  const enrolment = values.enrolment === undefined ? undefined : address('enrolment');
  const enrolmentSettings = enrolmentSettingsOf(values, errors);
  const online = values.online === undefined ? undefined : address('online');
  const operators = operatorsOf(values, address, errors);
  if (command === 'admit-operator' && values.agreement === undefined)
    errors.push('--agreement is missing: the file with what was agreed with the operator');
  if (command === 'admit-officer' && values['public-key'] === undefined)
    errors.push('--public-key is missing: of the employee’s card, PEM');
  const coreBanking = coreBankingOf(values, errors);
  const notify = notifyOf(values, errors);
  const limits = {
    station: limitOf('station-requests', values['station-requests'], requestLimits.station, errors),
    address: limitOf('address-requests', values['address-requests'], requestLimits.address, errors),
  };
  const publication = values.publication === undefined ? undefined : address('publication');
  const cardAlgorithm = keyAlgorithm.safeParse(values['card-algorithm']).data;
  if (cardAlgorithm === undefined) errors.push(`--card-algorithm: one of ${keyAlgorithm.options.join(', ')}`);
  const phoneLogin = phoneLogins.find((each) => each === values['phone-login']);
  if (phoneLogin === undefined) errors.push(`--phone-login: one of ${phoneLogins.join(', ')}`);
  const hostNames = values['host-names'].split(',').filter((each) => each !== '');
  for (const name of hostNames)
    if (isIP(name) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(name))
      errors.push(`--host-names: "${name}" is no host name`);
  const portalOrigin = values['portal-origin'];
  if (isSetUp && portalOrigin === undefined)
    errors.push('--portal-origin is missing: it goes into every card, e.g. https://login.bank.example');
  if (portalOrigin !== undefined && !isOrigin(portalOrigin))
    errors.push(`--portal-origin: "${portalOrigin}" is not https://host or https://host:port`);

  const onlineOrigin = values['online-origin'];
  if (onlineOrigin !== undefined && !isOrigin(onlineOrigin))
    errors.push(`--online-origin: "${onlineOrigin}" is not https://host or https://host:port`);
  if (onlineOrigin !== undefined && online === undefined)
    errors.push('--online-origin goes with --online: nobody would answer there');
  const publicationOrigin = values['publication-origin'];
  if (publicationOrigin !== undefined && !isOrigin(publicationOrigin, 'http:'))
    errors.push(`--publication-origin: "${publicationOrigin}" is not http://host or http://host:port`);

  const identity = { bankId: values['bank-id'] ?? '', bankName: values['bank-name'] ?? '' };
  if (isSetUp && !/^[a-z][a-z0-9-]{2,40}$/.test(identity.bankId))
    errors.push('--bank-id is missing or not like "example-bank" (small letters, digits, hyphens)');
  if (isSetUp && identity.bankName === '') errors.push('--bank-name is missing');
  const bankNameLatin = values['bank-name-latin'] ?? identity.bankName;
  if (isSetUp && !/^[\x20-\x7e]*$/.test(bankNameLatin))
    errors.push('--bank-name-latin is missing: the name in Latin letters, for certificates');
  const logLevel = (['silent', 'error', 'warn', 'info', 'debug'] as const).find(
    (each) => each === values['log-level'],
  );
  if (logLevel === undefined) errors.push('--log-level: one of silent, error, warn, info, debug');
  const processes = processesOf(values.processes, database, errors);

  if (
    errors.length > 0 ||
    command === undefined ||
    caAlgorithm === undefined ||
    masterAlgorithm === undefined ||
    logLevel === undefined ||
    cardAlgorithm === undefined ||
    phoneLogin === undefined
  )
    return { ok: false, errors };
  return {
    ok: true,
    options: {
      command,
      subject,
      officer: values.officer ?? '',
      manager: values.manager ?? '',
      successor: values.successor ?? '',
      name: values.name ?? '',
      database,
      dataFolder,
      resourcesFolder: values.resources,
      hsm,
      caAlgorithm,
      keyAlgorithm: masterAlgorithm,
      componentFile,
      checkValue,
      foundKey,
      headFile: values['head-file'],
      notificationsFile: values.notifications,
      api,
      portal,
      operations,
      enrolment,
      enrolmentSettings,
      online,
      operators,
      agreement: values.agreement,
      publicKeyFile: values['public-key'],
      coreBanking,
      notify,
      limits,
      onlineOrigin,
      publication,
      publicationOrigin,
      cardAlgorithm,
      phoneLogin,
      hostNames,
      portalOrigin,
      ...identity,
      bankNameLatin,
      training: values.training,
      stationFolder: values['station-folder'],
      logLevel,
      processes,
    },
  };
};

const MOST_PROCESSES = 64;

const processesOf = (said: string, database: string, errors: string[]): number => {
  const processes = said === 'cores' ? availableParallelism() : Number(said);
  if (!Number.isInteger(processes) || processes < 1 || processes > MOST_PROCESSES)
    errors.push(`--processes: "${said}" is neither "cores" nor a number from 1 to ${MOST_PROCESSES}`);
  else if (processes > 1 && !/^postgres(ql)?:/.test(database))
    errors.push('--processes: several need PostgreSQL, an SQLite file is for one');
  return processes;
};

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      database: { type: 'string' },
      data: { type: 'string' },
      resources: { type: 'string' },
      pkcs11: { type: 'string' },
      token: { type: 'string' },
      slot: { type: 'string' },
      'pin-file': { type: 'string' },
      'ca-algorithm': { type: 'string', default: 'p-256' },
      'key-algorithm': { type: 'string', default: 'aes-256' },
      'component-file': { type: 'string' },
      'check-value': { type: 'string' },
      'head-file': { type: 'string' },
      notifications: { type: 'string' },
      'key-label': { type: 'string' },
      'key-id': { type: 'string' },
      processes: { type: 'string', default: '1' },
      api: { type: 'string', default: '127.0.0.1:8443' },
      portal: { type: 'string', default: '127.0.0.1:9443' },
      operations: { type: 'string', default: '127.0.0.1:9090' },
      'host-names': { type: 'string', default: 'localhost,127.0.0.1' },
      'portal-origin': { type: 'string' },
      enrolment: { type: 'string' },
      'enrolment-tls': { type: 'string', default: '1.3' },
      'enrolment-base64': { type: 'string', default: 'one-line' },
      'enrolment-retry-after': { type: 'string', default: '60' },
      online: { type: 'string' },
      'operator-gateway': { type: 'string' },
      'operator-seeds': { type: 'string' },
      agreement: { type: 'string' },
      'public-key': { type: 'string' },
      'core-banking': { type: 'string' },
      'core-banking-ca': { type: 'string' },
      'core-banking-identity': { type: 'string' },
      'core-banking-pin-key': { type: 'string' },
      notify: { type: 'string' },
      'notify-ca': { type: 'string' },
      'notify-identity': { type: 'string' },
      'station-requests': { type: 'string' },
      'address-requests': { type: 'string' },
      'online-origin': { type: 'string' },
      publication: { type: 'string' },
      'publication-origin': { type: 'string' },
      'card-algorithm': { type: 'string', default: 'p-256' },
      'phone-login': { type: 'string', default: 'one-time-password' },
      officer: { type: 'string' },
      manager: { type: 'string' },
      successor: { type: 'string' },
      name: { type: 'string' },
      'bank-id': { type: 'string' },
      'bank-name': { type: 'string' },
      'bank-name-latin': { type: 'string' },
      training: { type: 'boolean', default: false },
      'station-folder': { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
    },
  });

const enrolmentSettingsOf = (
  values: ReturnType<typeof parse>['values'],
  errors: string[],
): EnrolmentSettings => {
  const { 'enrolment-tls': lowest, 'enrolment-base64': form, 'enrolment-retry-after': seconds } = values;
  if (lowest !== '1.2' && lowest !== '1.3') errors.push('--enrolment-tls: 1.2 or 1.3, the lowest version');
  if (form !== 'one-line' && form !== 'lines') errors.push('--enrolment-base64: one-line or lines');
  if (!/^[1-9]\d{0,5}$/.test(seconds)) errors.push('--enrolment-retry-after: whole seconds');
  return {
    retryAfterSeconds: Number(seconds),
    minVersion: lowest === '1.2' ? 'TLSv1.2' : 'TLSv1.3',
    base64: form === 'lines' ? 'lines' : 'one-line',
  };
};

const hsmOf = (values: ReturnType<typeof parse>['values'], errors: string[]): StandaloneOptions['hsm'] => {
  const { pkcs11: module, token: label, slot, 'pin-file': pinFile } = values;
  if (module === undefined) {
    if (label !== undefined || slot !== undefined || pinFile !== undefined)
      errors.push('--token, --slot and --pin-file belong to --pkcs11, which is missing');
    return undefined;
  }
  if (!existsSync(module)) errors.push(`--pkcs11: ${module} does not exist`);
  if ((label === undefined) === (slot === undefined)) errors.push('--pkcs11 needs either --token or --slot');
  if (slot !== undefined && !/^\d{1,10}$/.test(slot)) errors.push('--slot: a number');
  if (pinFile === undefined) errors.push('--pkcs11 needs --pin-file');
  else if (!existsSync(pinFile)) errors.push(`--pin-file: ${pinFile} does not exist`);
  else if ((statSync(pinFile).mode & 0o077) !== 0)
    errors.push('--pin-file: others may read it; make it mode 0600');
  else if (readFileSync(pinFile, 'utf8').trim() === '') errors.push('--pin-file: it is empty');
  const token = slot === undefined ? { label: label ?? '' } : { slot: Number(slot) };
  return { address: { module, token }, pinFile: pinFile ?? '' };
};

type Values = ReturnType<typeof parse>['values'];

const foundKeyOf = (command: Command | undefined, values: Values, errors: string[]): string | undefined => {
  const { 'key-label': label, 'key-id': id } = values;
  if (label === undefined && id === undefined) {
    if (command === 'adopt-master-key') errors.push('adopt-master-key needs --key-label or --key-id');
    return undefined;
  }
  if (command !== 'adopt-master-key' && command !== 'announce-ca-key')
    errors.push('--key-label and --key-id belong to adopt-master-key and announce-ca-key');
  if (label !== undefined && id !== undefined) errors.push('--key-label or --key-id, not both');
  if (values.pkcs11 === undefined)
    errors.push('--key-label and --key-id need --pkcs11: the key is in an HSM');
  if (label === '' || label?.startsWith('id:') === true) errors.push('--key-label: not empty, and not id:…');
  if (id !== undefined && !/^([0-9a-f]{2})+$/i.test(id)) errors.push('--key-id: hex digits, in pairs');
  return label ?? `id:${id?.toLowerCase() ?? ''}`;
};

const operatorsOf = (
  values: Values,
  address: (name: Server) => Address,
  errors: string[],
): StandaloneOptions['operators'] => {
  const [gateway, seeds] = [values['operator-gateway'], values['operator-seeds']];
  if (gateway === undefined && seeds === undefined) return undefined;
  if (gateway === undefined || seeds === undefined) {
    errors.push('--operator-gateway and --operator-seeds belong together');
    return undefined;
  }
  return { gateway: address('operator-gateway'), seeds: address('operator-seeds') };
};

const coreBankingOf = (values: Values, errors: string[]): StandaloneOptions['coreBanking'] => {
  const partner = partnerOf('core-banking', values, errors);
  const pinKeyFile = values['core-banking-pin-key'];
  if (partner === undefined) {
    if (pinKeyFile !== undefined)
      errors.push('--core-banking-pin-key belongs to --core-banking, which is missing');
    return undefined;
  }
  if (values.training) errors.push('--core-banking: a training bank has no core but its own');
  if (pinKeyFile === undefined) {
    errors.push('--core-banking-pin-key is missing: the file with the key of the PIN blocks');
    return undefined;
  }
  const pinKey = readKey('core-banking-pin-key', pinKeyFile, errors);
  return pinKey && { ...partner, pinKey };
};

const notifyOf = (values: Values, errors: string[]): StandaloneOptions['notify'] => {
  const { notify } = values;
  if (notify?.startsWith('file:') !== true) return partnerOf('notify', values, errors);
  const file = notify.slice('file:'.length);
  if (!isAbsolute(file)) errors.push('--notify: file: wants an absolute path');
  return { file };
};

const limitOf = (option: string, given: string | undefined, standard: number, errors: string[]): number => {
  if (given === undefined) return standard;
  if (!/^\d{1,7}$/.test(given)) errors.push(`--${option}: requests in a minute, 0 for no limit`);
  return Number(given);
};

const isOrigin = (text: string, protocol = 'https:'): boolean =>
  URL.canParse(text) && new URL(text).protocol === protocol && new URL(text).origin === text;
