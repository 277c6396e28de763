import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerLogsIn } from '../../../electron/chromium/demonstration/customer-logs-in.ts';
import { playCustomer } from '../../../electron/chromium/demonstration/customers.ts';
import {
  fromDrawer,
  insertFromDrawer,
  issueAtCounter,
} from '../../../electron/chromium/demonstration/issue-at-counter.ts';
import { lookAtSdCard } from '../../../electron/chromium/demonstration/look-at-sd-card.ts';
import {
  managerVerifiesLog,
  signIn,
  signOut,
  technicianInspects,
} from '../../../electron/chromium/demonstration/people.ts';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import { buildStale } from '../../../resources/host/build.mjs';
import { partPath } from '../../../native/applications/sd/index.ts';
import { virtualPivCard, type VpcdConnection } from '../../../native/virtual/index.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import { noAlbum, openHouse, type OpenHouse } from './open-house.ts';

/*
 * The main job as people do it, at the real screens of the real station with the real bank behind it.
 * Nothing is taken from inside: what was issued is looked at with other people's programs.
 */

const run = promisify(execFile);
const program = findChromium();

describe.skipIf(program === undefined)('an SD card issued at the screens', () => {
  let open: OpenHouse;
  beforeAll(async () => {
    await buildStale(['renderer', 'phoneClient']);
    open = await openHouse(false);
    await signIn(open.teller, 'teller');
  }, 120_000);
  afterAll(() => open.close());

  const volume = (itemId: string): string =>
    join(open.house.folders.station, 'training-drawer/items', itemId, 'volume');

  it('is proven, verifies with openssl, and logs its owner in at the bank', async () => {
    const who = playCustomer('C-100003', '246813');
    const issued = await issueAtCounter(
      { ...open, album: noAlbum },
      who,
      fromDrawer('sd-card', 'sd-card-with-photos'),
    );
    const copy = join(open.folder, 'sd-card');
    const { bankId, portalOrigin } = open.house.bank;
    const bank = { bankId, portalOrigin, caFile: open.caFile };
    const proofs = await lookAtSdCard(issued, volume('sd-card-with-photos'), copy, bank);
    expect(proofs.filter((each) => !each.holds)).toEqual([]);
    expect(proofs.length).toBeGreaterThanOrEqual(6);
    expect(readdirSync(copy).sort()).toEqual(['BANKCARD', 'DCIM', 'Documents']);

    const certificate = join(copy, partPath(bankId, 'certificate'));
    const { stdout } = await run('openssl', ['verify', '-CAfile', open.caFile, certificate]);
    expect(stdout).toBe(`${certificate}: OK\n`);
    const cms = ['cms', '-verify', '-binary', '-inform', 'DER', '-CAfile', open.caFile];
    const userInfo = await run('openssl', [...cms, '-in', join(copy, partPath(bankId, 'user-info'))]);
    expect(JSON.parse(userInfo.stdout)).toMatchObject({ loginName: who.record.loginName });

    const login = await customerLogsIn(
      program!,
      who,
      join(copy, partPath(bankId, 'client')),
      bank,
      noAlbum,
      join(import.meta.dirname, '../../../dist/renderer'),
    );
    expect(login.filter((each) => !each.holds)).toEqual([]);
    expect(issued.receipts.map((path) => readFileSync(path).subarray(0, 5).toString())).toEqual([
      '%PDF-',
      '%PDF-',
    ]);
  }, 120_000);

  it('that is pulled in the middle is put back, resumed and handed over', async () => {
    const { teller, customer } = open;
    const medium = {
      name: 'sd-card' as const,
      async insert() {
        const reader = await fromDrawer('sd-card', 'sd-card-1').insert(teller);
        await teller.click('drawer-open');
        await teller.type(`pull-at-${reader}`, '6');
        await teller.press('Enter');
        await teller.click('drawer-close');
        return reader;
      },
    };
    const issuing = issueAtCounter(
      { teller, customer, album: noAlbum },
      playCustomer('C-100004', '135792'),
      medium,
    );
    await expect(issuing).rejects.toThrow(/a fault was shown/);
    await insertFromDrawer(teller, 'sd-card-1');
    await teller.click('drawer-close');
    await teller.click('fault-remedy');
    await teller.see('hand-over', 60_000);
    await teller.click('customer-has-card');
    await teller.see('issue-finished', 60_000);
    await teller.click('next-customer');
  }, 120_000);

  it('is in a log that is whole, and is seen whole by the technician', async () => {
    const { teller } = open;
    await signOut(teller);
    expect((await managerVerifiesLog(teller, noAlbum)).intact).toBe(true);
    await signIn(teller, 'technician');
    const lines = await technicianInspects(teller, noAlbum, 'Training SD Slot 1', 'sd');
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.filter((line) => /differs|missing/.test(line))).toEqual([]);
    await signOut(teller);
  }, 60_000);

  it('and a SIM from stock gets the bank’s newer card program at the technician’s screen', async () => {
    const { teller } = open;
    await signIn(teller, 'teller');
    const sim = fromDrawer('sim', 'bank-sim');
    await issueAtCounter({ ...open, album: noAlbum }, playCustomer('C-100005', '864209'), sim);
    await signOut(teller);
    await signIn(teller, 'technician');
    const lines = await technicianInspects(teller, noAlbum, 'Training Reader 1', 'sim');
    expect(lines.filter((line) => /differs|missing/.test(line))).toEqual([]);
    await teller.see('applet-outdated');
    await teller.press('F7');
    await teller.see('applet-finished', 60_000);
    await teller.press('F9');
    await teller.see('applet-current', 60_000);
    await signOut(teller);
  }, 120_000);

  it('left no secret in any file of the station or the bank', () => {
    const { accountPin, loginPassword } = playCustomer('C-100003', '');
    const files = readdirSync(open.house.folders.data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(10);
    const holding = (secret: string): string[] => files.filter((file) => readFileSync(file).includes(secret));
    expect(holding(loginPassword)).toEqual([]);
    expect(holding('"246813"')).toEqual([]);
    expect(holding(`"${accountPin}"`)).toEqual([]);
    expect(holding('training-teller')).toEqual([]);
  });
});

const pkcs11 = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const missing = ['/usr/bin/yubico-piv-tool', '/usr/bin/pkcs11-tool', pkcs11].find(
  (file) => !existsSync(file),
);
const why =
  program === undefined
    ? 'no Chromium'
    : (whyNoPcscd() ??
      (missing === undefined ? undefined : `${missing} is missing (apt-get install opensc yubico-piv-tool)`));

describe.skipIf(why !== undefined)(
  `a SIM issued at the screens through the real pcscd${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let pcscd: PrivatePcscd;
    let open: OpenHouse;
    let connection: VpcdConnection | undefined;
    const card = virtualPivCard({ serial: 76543210, form: 'sim' });
    const who = playCustomer('C-100007', '135792');

    beforeAll(async () => {
      await buildStale(['renderer', 'phoneClient']);
      pcscd = await startPcscd();
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME; // the device process inherits it
      open = await openHouse(true);
      connection = await pcscd.insert(card);
      await signIn(open.teller, 'teller');
      await issueAtCounter({ ...open, album: noAlbum }, who, {
        name: 'sim',
        insert: async () => realReader(open),
      });
      await open.close();
    }, 180_000);
    afterAll(async () => {
      delete process.env.PCSCLITE_CSOCK_NAME;
      await connection?.remove();
      await pcscd.close();
    });

    const tool = async (name: string, ...args: string[]): Promise<string> => {
      const { stdout, stderr } = await run(name, args, { env: { ...process.env, ...pcscd.environment } });
      return stdout + stderr;
    };

    it('is read by yubico-piv-tool', async () => {
      const status = await tool('yubico-piv-tool', '--reader', 'Virtual', '--action', 'status');
      expect(status).toMatch(/Slot 9a:\s+Algorithm:\s+ECCP256/);
      expect(status).toContain('Qingyu');
    });

    it('is a PKCS#11 token with the customer’s certificate for OpenSC', async () => {
      const objects = await tool('pkcs11-tool', '--module', pkcs11, '--list-objects');
      expect(objects).toMatch(/Certificate Object; type = X\.509 cert/);
    });

    it('signs through PKCS#11 with the card PIN, and openssl verifies it with the certificate', async () => {
      const at = (name: string): string =>
        join(import.meta.dirname, `../../../.cache/e2e-${process.pid}-${name}`);
      const message = Buffer.from('a message of somebody else’s program');
      writeFileSync(at('digest'), createHash('sha256').update(message).digest());
      writeFileSync(at('message'), message);
      await tool(
        'pkcs11-tool',
        '--module',
        pkcs11,
        '--read-object',
        '--type',
        'cert',
        '--id',
        '01',
        '-o',
        at('certificate'),
      );
      const sign = ['--sign', '--mechanism', 'ECDSA', '--signature-format', 'openssl', '--id', '01'];
      await tool(
        'pkcs11-tool',
        '--module',
        pkcs11,
        '--login',
        '--pin',
        who.cardPin,
        ...sign,
        '-i',
        at('digest'),
        '-o',
        at('signature'),
      );
      const certificate = new X509Certificate(readFileSync(at('certificate')));
      writeFileSync(at('key'), certificate.publicKey.export({ type: 'spki', format: 'pem' }));
      const { stdout } = await run('openssl', [
        'dgst',
        '-sha256',
        '-verify',
        at('key'),
        '-signature',
        at('signature'),
        at('message'),
      ]);
      expect(stdout.trim()).toBe('Verified OK');
    });

    it('does not open with the factory PIN any more', async () => {
      await expect(
        tool(
          'pkcs11-tool',
          '--module',
          pkcs11,
          '--login',
          '--pin',
          '123456',
          '--list-objects',
          '--type',
          'privkey',
        ),
      ).rejects.toThrow(/PIN_INCORRECT|CKR_PIN/);
    });
  },
);

/** The reader whose card is not one of training's. */
async function realReader({ teller }: OpenHouse): Promise<string> {
  for (let round = 0; round < 100; round++) {
    const ids = await teller.idsBeginningWith('reader-');
    const found = ids.find((id) => id.includes('Virtual PCD') && id.endsWith('-pick'));
    if (found !== undefined) return found.slice('reader-'.length, -'-pick'.length);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the station does not show the real reader');
}
