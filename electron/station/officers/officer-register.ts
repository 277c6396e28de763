import { randomUUID } from 'node:crypto';
import { officer as officerSchema, type Officer } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import { hashPassword, passwordMatches } from './password-hash.ts';
import { signInDelaySeconds } from './sign-in-delay.ts';

/** Who may work at this station, and the counting of failed sign-ins. */
export interface OfficerRegister {
  find(officerId: string): Officer | undefined;
  /** By number. */
  all(): Result<Officer[]>;
  /** Adds an officer, or gives a known one a new password. 'cheap' only for passwords that are no secret. */
  enter(officer: Officer, password: string, cost?: 'dear' | 'cheap'): Promise<Result<void>>;
  /**
   * Faults: sign-in-refused (the same, after the same work, for an unknown officer and a wrong password),
   * sign-in-delayed {seconds}, database faults.
   */
  checkPassword(officerId: string, password: string): Promise<Result<Officer>>;
}

interface OfficerRow {
  readonly officer_id: string;
  readonly name: string;
  readonly role: string;
  readonly password_hash: string;
}

export function officerRegister(database: StationDatabase, now: () => Date): OfficerRegister {
  const { db } = database;
  const select = db.prepare<[string], OfficerRow>('SELECT * FROM officers WHERE officer_id = ?');
  const selectAll = db.prepare<[], OfficerRow>('SELECT * FROM officers ORDER BY officer_id');
  const save = db.prepare(
    `INSERT INTO officers (officer_id, name, role, password_hash) VALUES (@officerId, @name, @role, @hash)
     ON CONFLICT DO UPDATE SET name = @name, role = @role, password_hash = @hash`,
  );
  const selectFailures = db.prepare<[string], { failures: number; last_at: string }>(
    'SELECT failures, last_at FROM sign_in_failures WHERE officer_id = ?',
  );
  const saveFailure = db.prepare(
    `INSERT INTO sign_in_failures (officer_id, failures, last_at) VALUES (@officerId, 1, @at)
     ON CONFLICT DO UPDATE SET failures = failures + 1, last_at = @at`,
  );
  const clearFailures = db.prepare('DELETE FROM sign_in_failures WHERE officer_id = ?');

  /** Of a password nobody knows: an unknown officer costs the same time as a known one. */
  let hashOfNobody: Promise<string> | undefined;

  const officerOf = (row: OfficerRow | undefined): Officer | undefined => {
    const parsed = officerSchema.safeParse({ officerId: row?.officer_id, name: row?.name, role: row?.role });
    return parsed.success ? parsed.data : undefined;
  };
  const secondsToWait = (officerId: string): number => {
    const row = selectFailures.get(officerId);
    if (!row) return 0;
    const waited = (now().getTime() - Date.parse(row.last_at)) / 1000;
    // A clock set back must not open the door at once, nor keep it shut for years.
    const delay = signInDelaySeconds(row.failures);
    return Math.ceil(Math.min(delay, Math.max(0, delay - waited)));
  };

  return {
    find: (officerId) => officerOf(select.get(officerId)),
    all: () =>
      database.read(() =>
        selectAll.all().flatMap((row) => {
          const known = officerOf(row);
          return known ? [known] : [];
        }),
      ),
    async enter(officer, password, cost) {
      const hash = await hashPassword(password, cost);
      return database.write(() => {
        save.run({ ...officer, hash });
        return ok();
      });
    },
    async checkPassword(officerId, password) {
      const state = database.read(() => ({ row: select.get(officerId), wait: secondsToWait(officerId) }));
      if (!state.ok) return state;
      const { row, wait } = state.value;
      if (wait > 0) return fail('sign-in-delayed', { seconds: wait });
      // Counted before it is looked at: pulling the plug does not give a free try.
      const counted = database.write(() => {
        saveFailure.run({ officerId, at: now().toISOString() });
        return ok();
      });
      if (!counted.ok) return counted;
      const stored = row?.password_hash ?? (await (hashOfNobody ??= hashPassword(randomUUID())));
      const matches = await passwordMatches(password, stored);
      const officer = officerOf(row);
      if (!matches || !officer) return fail('sign-in-refused');
      const cleared = database.write(() => {
        clearFailures.run(officerId);
        return ok();
      });
      return cleared.ok ? ok(officer) : cleared;
    },
  };
}
