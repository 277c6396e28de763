import { randomUUID } from 'node:crypto';
import { officer as officerSchema, type Officer } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import { hashPassword, isCheapHash, passwordMatches } from './password-hash.ts';
import { signInDelaySeconds } from './sign-in-delay.ts';

/** Somebody whom this station knows, or has known. */
export interface EnteredOfficer extends Officer {
  /** Nobody signs in with it any more; the log keeps what was done. */
  readonly endedAt?: string;
  /** Of a start password that was not replaced yet. */
  readonly startPasswordUntil?: string;
}

/** Written with the change or not at all: the log's record of it. */
type Recording = () => Result<void>;

/** Who may work at this station, and the counting of failed sign-ins. */
export interface OfficerRegister {
  /** Undefined also for somebody who was ended. */
  find(officerId: string): EnteredOfficer | undefined;
  /** By number, the ended ones too. */
  all(): Result<EnteredOfficer[]>;
  /** Nobody was ever entered here. */
  isEmpty(): Result<boolean>;
  /** Somebody's password is no secret: this register is of a training station, or was. */
  isForTraining(): Result<boolean>;
  /** This officer's password is no secret: it is still the one that the training station came with. */
  hasOpenPassword(officerId: string): Result<boolean>;
  /** Adds an officer, or gives a known one a new password. 'cheap' only for passwords that are no secret. */
  enter(officer: Officer, password: string, cost?: 'dear' | 'cheap'): Promise<Result<void>>;
  /** The only way in without an officer. Fault: officers-entered-already, from the first officer on and for ever. */
  enterFirst(officer: Officer, password: string, record: Recording): Promise<Result<void>>;
  /** A new officer, or one who was ended and comes back. Fault: officer-entered-already. */
  enterNew(officer: Officer, start: StartPassword, record: Recording): Promise<Result<void>>;
  /** In the place of one that was forgotten. Fault: officer-unknown. */
  giveStartPassword(officerId: string, start: StartPassword, record: Recording): Promise<Result<void>>;
  /** A manager's own new password, and the count of wrong ones begins anew. Fault: officer-unknown (no manager in force). */
  readmitManager(officerId: string, password: string, record: Recording): Promise<Result<void>>;
  /**
   * Whom the bank puts in the place of a manager: the one enters, perhaps from another role here, the other one ends,
   * if still a manager here.
   */
  succeed(manager: Officer, password: string, insteadOf: string, record: Recording): Promise<Result<void>>;
  /** Faults: officer-unknown, officer-password-weak {reason} (it is the start password). */
  replacePassword(officerId: string, password: string, record: Recording): Promise<Result<void>>;
  /** Faults: officer-unknown, last-manager. */
  end(officerId: string, record: Recording): Result<void>;
  /**
   * Faults: sign-in-refused (the same, after the same work, for an unknown or ended officer and a wrong password),
   * sign-in-delayed {seconds}, start-password-over (only to who knows it), database faults.
   */
  checkPassword(officerId: string, password: string): Promise<Result<EnteredOfficer>>;
}

/** What a manager hands over, good for one sign-in and until then. */
export interface StartPassword {
  readonly password: string;
  /** ISO 8601 UTC. */
  readonly until: string;
}

interface OfficerRow {
  readonly officer_id: string;
  readonly name: string;
  readonly role: string;
  readonly password_hash: string;
  readonly ended_at: string | null;
  readonly start_password_until: string | null;
}

export function officerRegister(database: StationDatabase, now: () => Date): OfficerRegister {
  const { db } = database;
  const select = db.prepare<[string], OfficerRow>('SELECT * FROM officers WHERE officer_id = ?');
  const selectAll = db.prepare<[], OfficerRow>('SELECT * FROM officers ORDER BY officer_id');
  const selectAny = db.prepare<[]>('SELECT 1 FROM officers LIMIT 1');
  const selectOtherManager = db.prepare<[string]>(
    `SELECT 1 FROM officers WHERE role = 'manager' AND ended_at IS NULL AND officer_id <> ? LIMIT 1`,
  );
  const save = db.prepare(
    `INSERT INTO officers (officer_id, name, role, password_hash, start_password_until)
     VALUES (@officerId, @name, @role, @hash, @until)
     ON CONFLICT DO UPDATE SET name = @name, role = @role, password_hash = @hash, start_password_until = @until,
       ended_at = NULL`,
  );
  const saveEnd = db.prepare<[string, string]>('UPDATE officers SET ended_at = ? WHERE officer_id = ?');
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

  const officerOf = (row: OfficerRow | undefined): EnteredOfficer | undefined => {
    const parsed = officerSchema.safeParse({ officerId: row?.officer_id, name: row?.name, role: row?.role });
    if (!row || !parsed.success) return undefined;
    return {
      ...parsed.data,
      ...(row.ended_at !== null && { endedAt: row.ended_at }),
      ...(row.start_password_until !== null && { startPasswordUntil: row.start_password_until }),
    };
  };
  const rowInForce = (officerId: string): OfficerRow | undefined => {
    const row = select.get(officerId);
    return row?.ended_at === null ? row : undefined;
  };
  const secondsToWait = (officerId: string): number => {
    const row = selectFailures.get(officerId);
    if (!row) return 0;
    const waited = (now().getTime() - Date.parse(row.last_at)) / 1000;
    // A clock set back must not open the door at once, nor keep it shut for years.
    const delay = signInDelaySeconds(row.failures);
    return Math.ceil(Math.min(delay, Math.max(0, delay - waited)));
  };
  const saved = (
    { officerId, name, role }: Officer,
    hash: string,
    until: string | null,
    record: Recording,
  ): Result<void> => {
    save.run({ officerId, name, role, hash, until });
    return record();
  };

  return {
    find: (officerId) => officerOf(rowInForce(officerId)),
    all: () =>
      database.read(() =>
        selectAll.all().flatMap((row) => {
          const known = officerOf(row);
          return known ? [known] : [];
        }),
      ),
    isEmpty: () => database.read(() => selectAny.get() === undefined),
    isForTraining: () =>
      database.read(() => selectAll.all().some(({ password_hash }) => isCheapHash(password_hash))),
    hasOpenPassword: (officerId) =>
      database.read(() => isCheapHash(rowInForce(officerId)?.password_hash ?? '')),
    async enter(officer, password, cost) {
      const hash = await hashPassword(password, cost);
      return database.write(() => saved(officer, hash, null, ok));
    },
    async enterFirst(officer, password, record) {
      const hash = await hashPassword(password);
      // Looked at in the same transaction: of two at once one is the first.
      return database.write(() =>
        selectAny.get() === undefined ? saved(officer, hash, null, record) : fail('officers-entered-already'),
      );
    },
    async enterNew(officer, { password, until }, record) {
      const hash = await hashPassword(password);
      return database.write(() => {
        if (rowInForce(officer.officerId))
          return fail('officer-entered-already', { officerId: officer.officerId });
        clearFailures.run(officer.officerId);
        return saved(officer, hash, until, record);
      });
    },
    async giveStartPassword(officerId, { password, until }, record) {
      const hash = await hashPassword(password);
      return database.write(() => {
        const known = officerOf(rowInForce(officerId));
        return known ? saved(known, hash, until, record) : fail('officer-unknown', { officerId });
      });
    },
    async readmitManager(officerId, password, record) {
      const hash = await hashPassword(password);
      return database.write(() => {
        const known = officerOf(rowInForce(officerId));
        if (known?.role !== 'manager') return fail('officer-unknown', { officerId });
        clearFailures.run(officerId);
        return saved(known, hash, null, record);
      });
    },
    async succeed(manager, password, insteadOf, record) {
      const hash = await hashPassword(password);
      return database.write(() => {
        clearFailures.run(manager.officerId);
        if (officerOf(rowInForce(insteadOf))?.role === 'manager') saveEnd.run(now().toISOString(), insteadOf);
        return saved(manager, hash, null, record);
      });
    },
    async replacePassword(officerId, password, record) {
      const before = database.read(() => rowInForce(officerId)?.password_hash ?? '');
      if (!before.ok) return before;
      if (await passwordMatches(password, before.value))
        return fail('officer-password-weak', { reason: 'start-password' });
      const hash = await hashPassword(password);
      return database.write(() => {
        const row = rowInForce(officerId);
        const known = officerOf(row);
        // A manager gave another start password, or ended the officer, while this one was typed.
        if (!known || row?.password_hash !== before.value) return fail('officer-unknown', { officerId });
        return saved(known, hash, null, record);
      });
    },
    end: (officerId, record) =>
      database.write(() => {
        const known = officerOf(rowInForce(officerId));
        if (!known) return fail('officer-unknown', { officerId });
        if (known.role === 'manager' && selectOtherManager.get(officerId) === undefined)
          return fail('last-manager');
        saveEnd.run(now().toISOString(), officerId);
        return record();
      }),
    async checkPassword(officerId, password) {
      const state = database.read(() => ({ row: rowInForce(officerId), wait: secondsToWait(officerId) }));
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
      if (officer.startPasswordUntil !== undefined && now().toISOString() > officer.startPasswordUntil)
        return fail('start-password-over');
      const cleared = database.write(() => {
        clearFailures.run(officerId);
        return ok();
      });
      return cleared.ok ? ok(officer) : cleared;
    },
  };
}

/** As the bank is asked about all of them at once. */
export const numbersOf = (officers: readonly Officer[]): string =>
  officers.map(({ officerId }) => officerId).join(',');
