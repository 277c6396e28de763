import { fail, ok, type FaultCode, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import type { CardHolder } from './officer-certificate.ts';

/** Whether an officer's card is good now: the bank's word, or for a time its last one. */
export interface OfficerCardChecks {
  /**
   * `bankAsked`: false when the bank could not be reached and its last word was young enough.
   * Faults: officer-card-revoked, officer-card-unknown, officer-card-unchecked, database faults.
   */
  check(
    holder: Pick<CardHolder, 'certificateSha256' | 'officerId' | 'role'>,
  ): Promise<Result<{ bankAsked: boolean }>>;
}

/** So long the bank's last word stands while it cannot be asked: a day at the counter, not a weekend. */
export const offlineHours = 24;

/** Nobody waits longer for a bank that does not answer. */
const timeoutMs = 4000;

const bankIsAway: readonly FaultCode[] = [
  'bank-unreachable',
  'bank-timeout',
  'bank-busy',
  'bank-internal-error',
];

type State = 'pending' | 'active' | 'revoked' | 'unknown';

export function officerCardChecks(
  database: StationDatabase,
  bank: BankClient,
  now: () => Date,
): OfficerCardChecks {
  const { db } = database;
  const select = db.prepare<[string], { state: string; checked_at: string }>(
    'SELECT state, checked_at FROM officer_card_checks WHERE certificate_sha256 = ?',
  );
  const save = db.prepare(
    `INSERT INTO officer_card_checks (certificate_sha256, state, checked_at) VALUES (@sha256, @state, @at)
     ON CONFLICT DO UPDATE SET state = @state, checked_at = @at`,
  );

  const judge = (state: State, bankAsked: boolean): Result<{ bankAsked: boolean }> => {
    switch (state) {
      case 'active':
        return ok({ bankAsked });
      case 'revoked':
        return fail('officer-card-revoked');
      case 'pending':
      case 'unknown':
        return fail('officer-card-unknown');
    }
  };

  const lastWord = (certificateSha256: string): Result<{ bankAsked: boolean }> => {
    const read = database.read(() => select.get(certificateSha256));
    if (!read.ok) return read;
    const last = read.value;
    // Once over, for ever over, however long ago it was heard.
    if (last?.state === 'revoked') return judge('revoked', false);
    const hours = last && (now().getTime() - Date.parse(last.checked_at)) / 3_600_000;
    // A clock that was set back makes no word younger than it is.
    const isYoung = hours !== undefined && hours >= 0 && hours <= offlineHours;
    return isYoung && last?.state === 'active' ? judge('active', false) : fail('officer-card-unchecked');
  };

  return {
    async check({ certificateSha256, officerId, role }) {
      const asked = await bank.call('readOfficerCard', { certificateSha256 }, {}, { timeoutMs });
      if (!asked.ok && bankIsAway.includes(asked.fault.code)) return lastWord(certificateSha256);
      if (!asked.ok && asked.fault.code !== 'officer-card-unknown') return asked;
      const card = asked.ok ? asked.value.card : undefined;
      const isSame = card?.officerId === officerId && card.role === role;
      const state: State = card && isSame ? card.state : 'unknown';
      const saved = database.write(() => {
        save.run({ sha256: certificateSha256, state, at: now().toISOString() });
        return ok();
      });
      return saved.ok ? judge(state, true) : saved;
    },
  };
}
