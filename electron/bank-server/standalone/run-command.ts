import type { Logger } from 'pino';
import { ok, type Result } from '../../shared/result/index.ts';
import { decideEnrolment } from '../authority/enrol-station.ts';
import { admitStation } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import { admitOfficerByFile, admitOperatorByFile } from './deal-with-operators.ts';
import { openBank } from './open-bank.ts';
import { rollCaKey } from './roll-ca-key.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** The commands of whoever runs the bank, one line of JSON each. The password is shown here and nowhere else. */
export const runCommand = async (options: StandaloneOptions, log: Logger): Promise<Result<object>> => {
  const opened = await openBank(options, log);
  if (!opened.ok) return opened;
  try {
    return await answer(opened.value.bank, options);
  } finally {
    await opened.value.close();
  }
};

const answer = async (bank: Bank, options: StandaloneOptions): Promise<Result<object>> => {
  const { command, subject, officer } = options;
  switch (command) {
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
