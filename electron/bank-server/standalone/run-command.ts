import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { ok, type Result } from '../../shared/result/index.ts';
import { decideEnrolment } from '../authority/enrol-station.ts';
import { admitStation } from '../authority/station-secrets.ts';
import { beginStationLog, listStationLogs } from '../audit/station-logs.ts';
import { writeDurably } from '../ca/write-durably.ts';
import { makeKeyComponent } from '../key-service/ceremony.ts';
import { admitFirstManager } from '../officers/first-manager.ts';
import { admitSuccessor, listManagerAdmissions, readmitManager } from '../officers/manager-admissions.ts';
import { reopenOfficerSetUp } from '../officers/reopen-set-up.ts';
import { endCardsAgain } from '../registry/end-cards-again.ts';
import { auditBankKeys } from './audit-bank-keys.ts';
import { admitOfficerByFile, admitOperatorByFile } from './deal-with-operators.ts';
import { keepMasterKeys } from './keep-master-keys.ts';
import { openBank, type OpenBank } from './open-bank.ts';
import { rollCaKey } from './roll-ca-key.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** The commands of whoever runs the bank, one line of JSON each. Passwords and codes are shown here and nowhere else. */
export const runCommand = async (options: StandaloneOptions, log: Logger): Promise<Result<object>> => {
  if (options.command === 'make-key-component') return makeComponent(options);
  const opened = await openBank(options, log);
  if (!opened.ok) return opened;
  try {
    return await answer(opened.value, options);
  } finally {
    await opened.value.close();
  }
};

/** For one officer's paper: shown here, or in a file that is theirs alone. */
const makeComponent = ({ keyAlgorithm, componentFile }: StandaloneOptions): Result<object> => {
  const { component, checkValue } = makeKeyComponent(keyAlgorithm);
  const common = { kind: 'component', algorithm: keyAlgorithm, checkValue };
  if (componentFile === undefined) return ok({ ...common, component });
  writeDurably(componentFile, `${component}\n${checkValue}\n`, 0o600);
  return ok({ ...common, file: componentFile });
};

const answer = async (
  { bank, masterKeyPlaces: places }: OpenBank,
  options: StandaloneOptions,
): Promise<Result<object>> => {
  const { command, subject, officer } = options;
  switch (command) {
    case 'enter-key-component':
    case 'adopt-master-key':
    case 'abandon-master-key':
    case 'activate-master-key':
    case 'list-master-keys':
      return keepMasterKeys({ bank, places }, options);
    case 'audit-keys':
      return auditBankKeys(bank, options);
    case 'admit-operator':
      return admitOperatorByFile(bank, options);
    case 'admit-officer':
      return admitOfficerByFile(bank, options);
    case 'list-ca-keys':
    case 'announce-ca-key':
    case 'switch-ca-key':
      return rollCaKey(bank, options);
    case 'admit-station': {
      const secret = await admitStation(bank, subject);
      return secret.ok ? ok({ kind: 'admitted', stationId: subject, password: secret.value }) : secret;
    }
    case 'admit-first-manager': {
      const code = await admitFirstManager(bank, subject, officer);
      return code.ok ? ok({ kind: 'first-manager-admitted', stationId: subject, code: code.value }) : code;
    }
    case 'readmit-manager': {
      const { manager } = options;
      const admitted = await readmitManager(bank, subject, manager, officer);
      return admitted.ok
        ? ok({ kind: 'manager-readmitted', stationId: subject, manager, ...admitted.value })
        : admitted;
    }
    case 'admit-successor': {
      const { manager, successor, name } = options;
      const admitted = await admitSuccessor(bank, { stationId: subject, manager, successor, name }, officer);
      return admitted.ok
        ? ok({ kind: 'successor-admitted', stationId: subject, manager, successor, ...admitted.value })
        : admitted;
    }
    case 'list-manager-admissions':
      return ok({ kind: 'manager-admissions', admissions: await listManagerAdmissions(bank) });
    case 'reopen-officer-set-up': {
      const reopened = await reopenOfficerSetUp(bank, subject, officer);
      return reopened.ok ? ok({ kind: 'reopened', stationId: subject, ...reopened.value }) : reopened;
    }
    case 'end-cards-again': {
      const lines = createInterface(createReadStream(options.notificationsFile ?? ''));
      const ended = await endCardsAgain(bank, lines, officer);
      return ended.ok ? ok({ kind: 'cards-ended-again', ...ended.value }) : ended;
    }
    case 'begin-station-log': {
      const begun = await beginStationLog(bank, subject, officer);
      return begun.ok ? ok({ kind: 'station-log-begun', stationId: subject, ...begun.value }) : begun;
    }
    case 'list-station-logs':
      return ok({ kind: 'station-logs', logs: await listStationLogs(bank) });
    case 'approve-enrolment':
    case 'refuse-enrolment': {
      const decision = command === 'approve-enrolment' ? 'approved' : 'refused';
      const decided = await decideEnrolment(bank, subject, decision, officer);
      return decided.ok ? ok({ kind: decision, requestId: subject }) : decided;
    }
    default: {
      const waiting = await bank.store.db
        .selectFrom('enrolment_requests')
        .select(['request_id', 'station_id', 'subject', 'requested_at'])
        .where('state', '=', 'pending')
        .orderBy('requested_at')
        .limit(100)
        .execute();
      return ok({ kind: 'enrolments', waiting });
    }
  }
};
