import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  openStationDatabase,
  type StationDatabase,
} from '../../../electron/station/journal/station-database.ts';
import {
  officerRegister,
  type OfficerRegister,
} from '../../../electron/station/officers/officer-register.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import type { ReaderView } from '../../../electron/shared/contract/index.ts';
import { officerSession } from '../../../electron/station/officers/officer-session.ts';
import { watchOfficerCard } from '../../../electron/station/officers/watch-officer-card.ts';
import { hashPassword, passwordMatches } from '../../../electron/station/officers/password-hash.ts';
import { signInDelaySeconds } from '../../../electron/station/officers/sign-in-delay.ts';
import { must } from '../../harness/start-station.ts';

const lina = { officerId: 'lina', name: '李娜 Li Na', role: 'teller' } as const;

describe('password hashes', () => {
  test('say nothing of the password and differ for the same one', async () => {
    const [one, other] = await Promise.all([
      hashPassword('密码 1', 'cheap'),
      hashPassword('密码 1', 'cheap'),
    ]);
    expect(one).not.toBe(other);
    expect(one).not.toContain('密码');
    expect(await passwordMatches('密码 1', one)).toBe(true);
    expect(await passwordMatches('密码 2', one)).toBe(false);
  });

  test('the cost is in the hash, and the usual one is dear', async () => {
    expect(await hashPassword('x')).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await hashPassword('x', 'cheap')).toMatch(/^scrypt\$4096\$8\$1\$/);
  });

  test('a password typed with another input method is the same password', async () => {
    expect(await passwordMatches('e\u0301', await hashPassword('\u00e9', 'cheap'))).toBe(true);
  });

  test.each(['', 'scrypt$4096$8$1$$', 'argon2$1$2$3$4$5', 'scrypt$4096$8$1$AAAA$AAAA'])(
    'what is no hash matches nothing: %s',
    async (stored) => expect(await passwordMatches('', stored)).toBe(false),
  );
});

describe('the register', () => {
  let folder: string;
  let database: StationDatabase;
  let register: OfficerRegister;
  let clock: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cardwright-officers-'));
    database = must(openStationDatabase(folder));
    clock = Date.parse('2026-11-20T08:00:00Z');
    register = officerRegister(database, () => new Date(clock));
    must(await register.enter(lina, 'right', 'cheap'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const tryPassword = async (password: string, officerId = 'lina') => {
    const checked = await register.checkPassword(officerId, password);
    return checked.ok ? 'ok' : `${checked.fault.code} ${String(checked.fault.data.seconds ?? '')}`.trim();
  };

  test('lets the officer in and nobody else', async () => {
    expect(await tryPassword('right')).toBe('ok');
    expect(await tryPassword('wrong')).toBe('sign-in-refused');
  });

  test('an unknown officer and a wrong password are refused alike', async () => {
    for (let n = 0; n < 3; n++) {
      expect(await tryPassword('right', 'nobody')).toBe('sign-in-refused');
      expect(await tryPassword('wrong')).toBe('sign-in-refused');
    }
    expect(await tryPassword('right', 'nobody')).toBe('sign-in-delayed 2');
    expect(await tryPassword('right')).toBe('sign-in-delayed 2');
  });

  test('the delay grows, a right password clears it, and a restart does not', async () => {
    for (let n = 0; n < 3; n++) await tryPassword('wrong');
    expect(await tryPassword('right')).toBe('sign-in-delayed 2');
    clock += 2000;
    expect(await tryPassword('wrong')).toBe('sign-in-refused');
    register = officerRegister(database, () => new Date(clock));
    expect(await tryPassword('right')).toBe('sign-in-delayed 4');
    clock += 4000;
    expect(await tryPassword('right')).toBe('ok');
    expect(await tryPassword('wrong')).toBe('sign-in-refused');
  });

  test('a clock that was set back keeps nobody out for longer than the delay', async () => {
    for (let n = 0; n < 3; n++) await tryPassword('wrong');
    clock -= 365 * 86_400_000;
    expect(await tryPassword('right')).toBe('sign-in-delayed 2');
  });

  const kept = () => ok();
  const start = { password: 'K7MP-3XQD', until: '2026-11-27T08:00:00.000Z' };
  const chen = { officerId: 'chen', name: '陈静', role: 'manager' } as const;

  test('has a way in without an officer only while there never was one', async () => {
    expect(must(register.isEmpty())).toBe(false);
    expect(await register.enterFirst(chen, 'right', kept)).toMatchObject({
      fault: { code: 'officers-entered-already' },
    });
    database.db.exec('DELETE FROM officers');
    expect(must(register.isEmpty())).toBe(true);
    const [one, other] = await Promise.all([
      register.enterFirst(chen, 'right', kept),
      register.enterFirst({ ...chen, officerId: 'zhou' }, 'right', kept),
    ]);
    // Whose hash is ready first.
    expect([one.ok, other.ok].toSorted()).toEqual([false, true]);
    database.db.exec(`UPDATE officers SET ended_at = '2026-11-20T08:00:00.000Z'`);
    // Ended ones were officers too.
    expect(must(register.isEmpty())).toBe(false);
  });

  test('changes nothing whose record cannot be written', async () => {
    const full = () => fail('storage-full');
    database.db.exec('DELETE FROM officers');
    expect((await register.enterFirst(chen, 'right', full)).ok).toBe(false);
    expect(must(register.isEmpty())).toBe(true);
    must(await register.enter(lina, 'right', 'cheap'));
    expect((await register.enterNew(chen, start, full)).ok).toBe(false);
    expect((await register.giveStartPassword('lina', start, full)).ok).toBe(false);
    expect(register.end('lina', full).ok).toBe(false);
    expect(must(register.all())).toEqual([lina]);
    expect(await tryPassword('right')).toBe('ok');
  });

  test('a start password is good until it is replaced or over, and is no password to keep', async () => {
    must(await register.enterNew(chen, start, kept));
    expect(register.find('chen')).toEqual({ ...chen, startPasswordUntil: start.until });
    expect(await register.enterNew(chen, start, kept)).toMatchObject({
      fault: { code: 'officer-entered-already' },
    });
    expect(await tryPassword(start.password, 'chen')).toBe('ok');
    expect(await register.replacePassword('chen', start.password, kept)).toMatchObject({
      fault: { code: 'officer-password-weak' },
    });
    clock = Date.parse(start.until) + 1;
    expect(await tryPassword('wrong', 'chen')).toBe('sign-in-refused');
    expect(await tryPassword(start.password, 'chen')).toBe('start-password-over');
    must(await register.replacePassword('chen', 'vier Kraniche', kept));
    expect(register.find('chen')).toEqual(chen);
    expect(await tryPassword('vier Kraniche', 'chen')).toBe('ok');
  });

  test('of two who replace the same start password one is heard', async () => {
    must(await register.enterNew(chen, start, kept));
    const both = await Promise.all(
      ['vier Kraniche', 'drei Reiher'].map((password) => register.replacePassword('chen', password, kept)),
    );
    expect(both.filter((each) => each.ok)).toHaveLength(1);
  });

  test('who was ended is refused like a stranger, and may come back; the last manager stays', async () => {
    must(register.end('lina', kept));
    expect(register.find('lina')).toBe(undefined);
    expect(await tryPassword('right')).toBe('sign-in-refused');
    expect(register.end('lina', kept)).toMatchObject({ fault: { code: 'officer-unknown' } });
    expect(must(register.all())).toEqual([{ ...lina, endedAt: '2026-11-20T08:00:00.000Z' }]);
    must(await register.enterNew({ ...lina, role: 'manager' }, start, kept));
    expect(register.find('lina')).toMatchObject({ role: 'manager' });
    expect(register.end('lina', kept)).toMatchObject({ fault: { code: 'last-manager' } });
    must(await register.enterNew(chen, start, kept));
    must(register.end('lina', kept));
    expect(register.end('chen', kept)).toMatchObject({ fault: { code: 'last-manager' } });
  });

  test('the delay is never more than a quarter of an hour', () => {
    expect([0, 2, 3, 4, 5, 12, 50, 5000].map(signInDelaySeconds)).toEqual([0, 0, 2, 4, 8, 900, 900, 900]);
  });
});

describe('a session', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('ends by itself when nobody calls for a while, and not while somebody does', () => {
    const onEnd = vi.fn();
    const session = officerSession({ idleMs: 900_000, onLock: vi.fn(), onEnd });
    session.begin(lina);
    expect(session.caller()).toEqual({ role: 'teller', officerId: 'lina' });
    vi.advanceTimersByTime(899_999);
    session.touch();
    vi.advanceTimersByTime(899_999);
    expect(session.officer()).toEqual(lina);
    vi.advanceTimersByTime(1);
    expect(session.caller()).toEqual({ role: 'signed-out', officerId: undefined });
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(lina, 'idle');
  });

  test('with a start password may do nothing else until it is replaced', () => {
    const session = officerSession({ idleMs: 1000, onLock: vi.fn(), onEnd: vi.fn() });
    session.begin(lina, undefined, true);
    expect(session.caller().role).toBe('password-due');
    session.lock();
    expect(session.caller().role).toBe('locked');
    session.end('asked');
    session.begin(lina, undefined, true);
    session.passwordReplaced();
    expect(session.caller().role).toBe('teller');
    session.end('asked');
    session.begin(lina);
    expect(session.caller().role).toBe('teller');
  });

  test('signing out twice ends it once, and a call after it begins nothing', () => {
    const onEnd = vi.fn();
    const session = officerSession({ idleMs: 1000, onLock: vi.fn(), onEnd });
    session.begin(lina);
    session.end('asked');
    session.end('asked');
    session.touch();
    vi.advanceTimersByTime(5000);
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(lina, 'asked');
  });
});

describe('a session with a card', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const card = {
    certificateSha256: 'aa',
    certificateSerial: '01',
    mediumSerial: '48120931',
    reader: 'Reader 2',
    insertion: 7,
  };
  const view = (insertion: number, certificateSha256 = 'aa', reader = 'Reader 2'): ReaderView => ({
    reader,
    label: reader,
    takes: 'card',
    virtual: false,
    medium: {
      insertion,
      kind: 'smart-card',
      serial: '48120931',
      refusals: [],
      officerCard: {
        ...lina,
        branch: '',
        certificateSha256,
        notAfter: '2028-01-01T00:00:00.000Z',
        pinAtReader: false,
      },
    },
  });
  const open = (graceMs: number) => {
    let views: ReaderView[] = [view(7)];
    const onLock = vi.fn();
    const session = officerSession({ idleMs: 900_000, onLock, onEnd: vi.fn() });
    const watch = watchOfficerCard({ session, graceMs, views: () => views });
    session.begin(lina, card);
    const show = (...next: ReaderView[]) => {
      views = next;
      watch.look();
    };
    return { session, onLock, show };
  };

  test('is locked when the card is out for longer than the grace, and calls as nobody who may do anything', () => {
    const { session, onLock, show } = open(2000);
    show(view(7));
    show();
    vi.advanceTimersByTime(1999);
    expect(session.isLocked()).toBe(false);
    show();
    vi.advanceTimersByTime(1);
    expect(onLock).toHaveBeenCalledExactlyOnceWith(lina);
    expect(session.caller()).toEqual({ role: 'locked', officerId: 'lina' });
    show(view(8));
    vi.advanceTimersByTime(10_000);
    expect(session.isLocked()).toBe(true);
    session.unlock({ ...card, insertion: 8 });
    show(view(8));
    vi.advanceTimersByTime(10_000);
    expect(session.caller()).toEqual({ role: 'teller', officerId: 'lina' });
  });

  test('goes on when the card is back within it, in another reader too; not for another card', () => {
    const { session, show } = open(2000);
    show();
    vi.advanceTimersByTime(1500);
    show(view(1, 'aa', 'Reader 1'));
    vi.advanceTimersByTime(5000);
    expect(session.isLocked()).toBe(false);
    show(view(2, 'bb', 'Reader 1'));
    vi.advanceTimersByTime(2000);
    expect(session.isLocked()).toBe(true);
  });
});
