import Database from 'better-sqlite3';
import { createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ok, type Fault } from '../../../electron/shared/result/index.ts';
import {
  certificateRenewal,
  type CertificateRenewal,
} from '../../../electron/station/bank/certificate-renewal.ts';
import { makeCertificateRequest } from '../../../electron/station/bank/certificate-request.ts';
import { estClient, type MakeRequest } from '../../../electron/station/bank/est-client.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { replaceFile } from '../../../electron/station/bank/replace-file.ts';
import {
  openStationCredentials,
  settleStationCredentials,
  type FileSteps,
  type StationIdentity,
} from '../../../electron/station/bank/station-credentials.ts';
import { startEnrolmentBank } from '../../harness/enrolment-bank.ts';
import { newKey } from '../../harness/issue-card.ts';
import { root } from '../../harness/root.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must, startTestStation, type TestStation } from '../../harness/start-station.ts';

/* The station's certificate lasts 397 days; at 264 days and 16 hours it asks for the next one. */

const DAY = 86_400_000;
let daysAgo = 0;
let resourcesFolder = join(root, 'resources');
let bank: TestBank;
/** The credentials as the bank made them, however long ago. */
let asMade: string;

/** A bank that made its station so many days ago, and serves today. */
const bankFrom = async (days: number): Promise<void> => {
  daysAgo = days;
  bank = await startBank({
    clock: () => new Date(Date.now() - daysAgo * DAY),
    get resourcesFolder() {
      return resourcesFolder;
    },
  });
  asMade = mkdtempSync(join(tmpdir(), 'cardwright-credentials-'));
  cpSync(bank.stationFolder, asMade, { recursive: true });
  daysAgo = 0;
  await bank.restart();
};
const endBank = async (): Promise<void> => {
  await bank.stop();
  rmSync(asMade, { recursive: true, force: true });
};

const folders: string[] = [];
const copyOfCredentials = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-renewal-'));
  folders.push(folder);
  cpSync(asMade, folder, { recursive: true });
  return folder;
};
afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const certificateIn = (folder: string): X509Certificate =>
  new X509Certificate(readFileSync(join(folder, 'station.cert.pem')));
const keyIn = (folder: string) => createPrivateKey(readFileSync(join(folder, 'station.key.pem')));
const givenOut = (): number => {
  const db = new Database(join(bank.dataFolder, 'bank.sqlite'));
  try {
    return db
      .prepare<[], { n: number }>("select count(*) as n from certificates where profile = 'station'")
      .get()!.n;
  } finally {
    db.close();
  }
};
const accepts = async (identity: StationIdentity): Promise<unknown> => {
  const bankCa = readFileSync(join(asMade, 'bank-ca.pem'), 'utf8');
  const client = httpsBankClient({ origin: bank.server.apiOrigin, ...identity, bankCa });
  const status = await client.call('status', {}, {});
  client.close();
  return status.ok || status.fault;
};

const remove = (file: string): void => {
  rmSync(file, { force: true });
};

/** The renewal alone, over files that may fail. */
const renewalIn = (
  folder: string,
  steps?: FileSteps,
  time: () => Date = () => new Date(),
  bankOrigin: string = bank.server.apiOrigin,
) => {
  const credentials = must(openStationCredentials(folder, steps));
  const renewed: string[] = [];
  const refused: Fault[] = [];
  const renewal: CertificateRenewal = certificateRenewal({
    credentials,
    bankOrigin,
    bankCa: () => credentials.bankCa,
    bankTime: time,
    now: time,
    onRenewed: (_identity, endsAt) => renewed.push(endsAt),
    onRefused: (fault) => refused.push(fault),
  });
  return { renewal, credentials, renewed, refused };
};

describe('a certificate past two thirds of its life', () => {
  beforeAll(() => bankFrom(270), 60_000);
  afterAll(endBank);

  test('a running station renews it: a new key, the same name, new connections with it, a record in its log', async () => {
    const folder = copyOfCredentials();
    const before = certificateIn(folder);
    const station = await startTestStation({
      bank,
      isAnchored: true,
      options: { credentialsFolder: folder, bankCheckEveryMs: 50, keysEveryMs: 200 },
    });
    try {
      const connection = async () => must(await station.teller.call('devices.list', {})).connection;
      await expect.poll(async () => (await connection()).certificate.state, { timeout: 10_000 }).toBe('good');
      const after = certificateIn(folder);
      expect(after.subject).toBe(before.subject);
      expect(after.publicKey.equals(before.publicKey)).toBe(false);
      expect(after.checkPrivateKey(keyIn(folder))).toBe(true);
      expect((await connection()).certificate).toEqual({
        state: 'good',
        endsAt: after.validToDate.toISOString(),
        renewsAt: new Date(
          after.validFromDate.getTime() + (397 * DAY * 2) / 3 + (2 * DAY * 2) / 3,
        ).toISOString(),
      });

      // The bank revokes the old one: what the station says from now on it says with the new one.
      revoke(before);
      const { checkedAt } = (await connection()).bank;
      await expect.poll(async () => (await connection()).bank.checkedAt).not.toBe(checkedAt);
      expect((await connection()).bank.state).toBe('connected');
      expect(await recorded(station, 'station.certificate-renewed')).toHaveLength(1);
      expect(station.bugs).toEqual([]);
    } finally {
      await station.stop();
      unrevoke(before);
    }
  });

  test('a call that went out with the certificate before, and was refused for it, goes again with the new one', async () => {
    const folder = copyOfCredentials();
    const before = must(openStationCredentials(folder)).current();
    const { renewal, credentials } = renewalIn(folder);
    await renewal.renewWhenDue();
    const bankCa = readFileSync(join(asMade, 'bank-ca.pem'), 'utf8');
    const client = httpsBankClient({ origin: bank.server.apiOrigin, ...before, bankCa });
    revoke(new X509Certificate(before.certificate));
    try {
      const refused = await client.call('status', {}, {});
      expect(refused).toMatchObject({ ok: false, fault: { code: 'bank-refused-station' } });
      const call = client.call('status', {}, {});
      client.use(credentials.current());
      expect(await call).toMatchObject({ ok: true });
    } finally {
      client.close();
      unrevoke(new X509Certificate(before.certificate));
    }
  });

  test('whatever is cut off, a pair is there that the bank accepts, and the next start ends it', async () => {
    let steps = 0;
    const counting = cutOff(Infinity, 'before', () => (steps += 1));
    const whole = renewalIn(copyOfCredentials(), counting);
    await whole.renewal.renewWhenDue();
    expect(whole.renewed).toHaveLength(1);
    expect(steps).toBeGreaterThan(5);

    for (let at = 1; at <= steps; at += 1)
      for (const when of ['before', 'after'] as const) {
        const folder = copyOfCredentials();
        const before = certificateIn(folder);
        const known = givenOut();
        const cut = renewalIn(folder, cutOff(at, when));
        await expect(cut.renewal.renewWhenDue()).rejects.toThrow('power cut');

        const again = renewalIn(folder);
        expect(await accepts(again.credentials.current()), `${when} step ${String(at)}`).toBe(true);
        await again.renewal.renewWhenDue();
        const after = certificateIn(folder);
        expect(after.publicKey.equals(before.publicKey), `${when} step ${String(at)}`).toBe(false);
        expect(after.checkPrivateKey(keyIn(folder))).toBe(true);
        expect(again.credentials.next()).toBeUndefined();
        // Cut off or not: one certificate for the one key, or a second key where the first was not kept.
        expect(givenOut() - known, `${when} step ${String(at)}`).toBe(1);
      }
  }, 60_000);

  test('a bank that wants another kind of key is heard: the old one stays, said once, asked again later', async () => {
    const folder = copyOfCredentials();
    const wantsP384 = mkdtempSync(join(tmpdir(), 'cardwright-resources-'));
    folders.push(wantsP384);
    cpSync(resourcesFolder, wantsP384, { recursive: true });
    const profile = join(wantsP384, 'certificate-profiles', 'station.json');
    writeFileSync(profile, readFileSync(profile, 'utf8').replace('"p-256"', '"p-384"'));
    const usual = resourcesFolder;
    resourcesFolder = wantsP384;
    await bank.restart();
    const { renewal, refused, renewed, credentials } = renewalIn(folder);
    await renewal.renewWhenDue();
    await renewal.renewWhenDue();
    expect(refused).toEqual([{ code: 'station-certificate-not-renewed', data: { reason: 'algorithm' } }]);
    expect(renewal.view()).toMatchObject({
      state: 'due',
      fault: { code: 'station-certificate-not-renewed' },
    });
    expect(credentials.next()).toBeUndefined();
    expect(await accepts(credentials.current())).toBe(true);

    resourcesFolder = usual;
    await bank.restart();
    const later = renewalIn(folder);
    await later.renewal.renewWhenDue();
    expect([later.renewed.length, renewed.length]).toEqual([1, 0]);
  });

  test('a next certificate that the bank does not accept is dropped, and another one asked for', async () => {
    const folder = copyOfCredentials();
    const withdrawn: FileSteps = {
      replace(file, content) {
        replaceFile(file, content);
        if (file.endsWith('station.next-cert.pem')) revoke(new X509Certificate(content));
      },
      remove,
    };
    const { renewal, refused, credentials } = renewalIn(folder, withdrawn);
    await renewal.renewWhenDue();
    expect(refused).toEqual([{ code: 'station-certificate-not-renewed', data: { reason: 'refused' } }]);
    expect(credentials.next()).toBeUndefined();
    expect(await accepts(credentials.current())).toBe(true);

    const later = renewalIn(folder);
    await later.renewal.renewWhenDue();
    expect(later.renewed).toHaveLength(1);
    expect(await accepts(later.credentials.current())).toBe(true);
  });

  test('a bank that does not answer, or a folder that cannot be written, changes nothing', async () => {
    const folder = copyOfCredentials();
    const full = renewalIn(folder, {
      replace() {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
      },
      remove() {},
    });
    await full.renewal.renewWhenDue();
    expect(full.refused).toMatchObject([{ code: 'storage-full' }]);
    await bank.server.stop();
    const alone = renewalIn(folder);
    await alone.renewal.renewWhenDue();
    expect(alone.refused).toMatchObject([{ code: 'bank-unreachable' }]);
    await bank.restart();
    expect(certificateIn(folder).raw).toEqual(certificateIn(asMade).raw);
    await alone.renewal.renewWhenDue();
    expect(alone.renewed).toHaveLength(1);
  });
});

describe('the bank that starts with the station', () => {
  test('finds the station that it knows after a change of identities was cut off, and makes no other', async () => {
    await bankFrom(270);
    try {
      const folder = bank.stationFolder;
      const before = certificateIn(folder);
      const halfway: FileSteps = {
        replace(file, content) {
          if (file.endsWith('station.cert.pem')) throw new Error('power cut');
          replaceFile(file, content);
        },
        remove,
      };
      await expect(renewalIn(folder, halfway).renewal.renewWhenDue()).rejects.toThrow('power cut');
      expect(certificateIn(folder).checkPrivateKey(keyIn(folder))).toBe(false);
      settleStationCredentials(folder);
      await bank.restart();
      expect(certificateIn(folder).subject).toBe(before.subject);
      expect(certificateIn(folder).raw.equals(before.raw)).toBe(false);
      expect(await accepts(must(openStationCredentials(folder)).current())).toBe(true);
    } finally {
      await endBank();
    }
  });
});

describe('a station with an RSA key', () => {
  test('gets its next one for an RSA key, under the same profile, without naming it', async () => {
    const branch = await startEnrolmentBank();
    try {
      const key = newKey('rsa-2048');
      const make: MakeRequest = (challengePassword) =>
        makeCertificateRequest({
          order: {
            profile: '',
            algorithm: 'rsa-2048',
            subject: 'CN=Branch 7,serialNumber=station-7,O=Enrol Bank,C=CN',
          },
          publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
          sign: async (bytes) => ok(sign('sha256', bytes, key)),
          ...(challengePassword !== undefined && { challengePassword }),
        });
      const client = estClient({
        origin: branch.enrolmentOrigin,
        ca: branch.ca.toString(),
        password: { user: 'station-7', secret: await branch.admit('station-7') },
      });
      await client.enrol(make, 0);
      await branch.approveAll();
      const folder = mkdtempSync(join(tmpdir(), 'cardwright-rsa-'));
      folders.push(folder);
      writeFileSync(join(folder, 'bank-ca.pem'), branch.ca);
      writeFileSync(join(folder, 'station.key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
      const first = new X509Certificate(must(await client.enrol(make, 0)));
      writeFileSync(join(folder, 'station.cert.pem'), first.toString());

      const later = () => new Date(first.validFromDate.getTime() + 270 * DAY);
      const origin = `https://localhost:${String(branch.serving.ports.api)}`;
      const { renewal, renewed, refused } = renewalIn(folder, undefined, later, origin);
      await renewal.renewWhenDue();
      expect([renewed.length, refused]).toEqual([1, []]);
      expect(certificateIn(folder).publicKey.asymmetricKeyType).toBe('rsa');
      expect(certificateIn(folder).publicKey.equals(first.publicKey)).toBe(false);
    } finally {
      await branch.stop();
    }
  });
});

describe('clocks', () => {
  test('a station whose clock is years ahead asks for nothing: the bank’s clock counts', async () => {
    await bankFrom(0);
    const years = () => new Date(Date.now() + 800 * DAY);
    const folder = copyOfCredentials();
    const station = await startTestStation({
      bank,
      isAnchored: true,
      options: { credentialsFolder: folder, now: years, bankCheckEveryMs: 50, keysEveryMs: 50 },
    });
    try {
      const connection = async () => must(await station.teller.call('devices.list', {})).connection;
      await expect.poll(async () => (await connection()).bank.state).toBe('connected');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await connection()).certificate.state).toBe('good');
      expect(givenOut()).toBe(1);
    } finally {
      await station.stop();
      await endBank();
    }
  });

  test('one that has ended is said to have ended, with both times, and what to do', async () => {
    await bankFrom(400);
    const folder = copyOfCredentials();
    const station = await startTestStation({
      bank,
      isAnchored: true,
      options: { credentialsFolder: folder, bankCheckEveryMs: 50, keysEveryMs: 50 },
    });
    try {
      const connection = async () => must(await station.teller.call('devices.list', {})).connection;
      await expect.poll(async () => (await connection()).bank.state).toBe('refused');
      const { bank: reached, certificate } = await connection();
      expect(reached.fault).toMatchObject({
        code: 'station-certificate-ended',
        data: { endedOn: certificateIn(folder).validToDate.toISOString().slice(0, 10) },
      });
      expect(certificate.state).toBe('ended');
    } finally {
      await station.stop();
      await endBank();
    }
  });
});

/** Files of a machine that goes out before or after the n-th change. */
const cutOff = (at: number, when: 'before' | 'after', count: () => void = () => {}): FileSteps => {
  let done = 0;
  const step = (change: () => void): void => {
    count();
    done += 1;
    if (done === at && when === 'before') throw new Error('power cut');
    change();
    if (done === at) throw new Error('power cut');
  };
  return {
    replace(file, content) {
      step(() => {
        replaceFile(file, content);
      });
    },
    remove(file) {
      step(() => {
        remove(file);
      });
    },
  };
};

const setState = (certificate: X509Certificate, state: string, reason: string | null): void => {
  const db = new Database(join(bank.dataFolder, 'bank.sqlite'));
  db.prepare('update certificates set state = ?, reason = ?, revoked_at = ? where serial = ?').run(
    state,
    reason,
    reason && new Date().toISOString(),
    certificate.serialNumber.toLowerCase(),
  );
  db.close();
};
const revoke = (certificate: X509Certificate): void => {
  setState(certificate, 'revoked', 'superseded');
};
const unrevoke = (certificate: X509Certificate): void => {
  setState(certificate, 'issued', null);
};

const recorded = async (station: TestStation, event: string) => {
  const manager = await station.window('manager');
  return must(await manager.call('audit.search', { filter: { event }, limit: 10 })).records;
};
