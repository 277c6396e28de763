import { sign, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import { ok } from '../../../electron/shared/result/index.ts';
import { makeCertificateRequest } from '../../../electron/station/bank/certificate-request.ts';
import { certificatesIn, openBankTrust } from '../../../electron/station/bank/bank-trust.ts';
import { estClient } from '../../../electron/station/bank/est-client.ts';
import { bankClient, httpsSend, type BankClient } from '../../harness/bank-client.ts';
import { startStandaloneBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { openssl } from '../../harness/openssl.ts';
import type { TestBank } from '../../harness/start-bank.ts';

/* A new issuing key takes over while the bank serves: certificates from before, during and after. */

const PUBLICATION = '127.0.0.1:29446';
const asBank = {
  customers: trainingCustomers,
  trainingSecrets,
  server: { bankId: 'enrol-bank' },
} as TestBank;
let bank: EnrolmentBank;
let client: BankClient;
const cards: Record<string, IssuedCard> = {};
const file = (name: string): string => join(bank.folder, name);
const write = (name: string, der: Uint8Array): string => {
  writeFileSync(file(name), new X509Certificate(der).toString());
  return file(name);
};
const issue = async (name: string, customerId: string): Promise<string> => {
  cards[name] = await issueCard(asBank, client, customerId);
  return write(`${name}.pem`, cards[name].certificate);
};
const caCertificates = async (): Promise<readonly X509Certificate[]> => {
  const read = await estClient({ origin: bank.enrolmentOrigin, ca: bank.ca.toString() }).readCaCertificates();
  if (!read.ok) throw new Error(read.fault.code);
  return read.value.map((der) => new X509Certificate(der));
};
const keyOf = async (pem: string): Promise<string> =>
  (
    /Authority Key Identifier:\s+(?:keyid:)?([0-9A-F:]+)/.exec(
      await openssl('x509', '-in', pem, '-noout', '-text'),
    )?.[1] ?? ''
  )
    .replaceAll(':', '')
    .toLowerCase();
const crlUrl = async (pem: string): Promise<string> =>
  /URI:(\S+\.crl)/.exec(await openssl('x509', '-in', pem, '-noout', '-text'))?.[1] ?? '';

beforeAll(async () => {
  bank = await startStandaloneBank(
    ['--training', '--publication-origin', `http://${PUBLICATION}`],
    ['--publication', PUBLICATION],
  );
  client = bankClient(`https://127.0.0.1:${String(bank.serving.ports.api)}`, bank.stationFolder);
});
afterAll(async () => {
  client.close();
  await bank.stop();
});

describe('a new issuing key', () => {
  let oldKey: string;
  let newKey: string;
  let oldRoot: string;
  let newRoot: string;
  let links: string;

  it('is announced: everybody can learn of it, and it signs nothing yet', async () => {
    oldKey = await keyOf(await issue('before', 'C-100001'));
    expect(await caCertificates()).toHaveLength(1);
    const none = bank.command('switch-ca-key', '--officer', 'manager-1');
    await expect(none).rejects.toThrow('none-announced');

    const announced = await bank.command(
      'announce-ca-key',
      '--officer',
      'manager-1',
      '--ca-algorithm',
      'p-384',
    );
    newKey = String(announced.keyId);
    expect(announced.before).toBe(oldKey);
    await expect.poll(async () => (await caCertificates()).length).toBe(4);
    const published = await caCertificates();
    const selfSigned = published.filter((each) => each.verify(each.publicKey));
    expect(selfSigned.map((each) => each.publicKey.asymmetricKeyDetails?.namedCurve)).toEqual([
      'secp384r1',
      'prime256v1',
    ]);
    newRoot = write('new-root.pem', selfSigned[0]!.raw);
    oldRoot = write('old-root.pem', selfSigned[1]!.raw);
    expect(new Set(published.map(({ subject }) => subject)).size).toBe(1);

    // A station takes the new key for its bank's because the old one says so, and for no other reason.
    const kept: string[] = [];
    const station = openBankTrust(bank.ca.toString(), (pem) => void kept.push(pem));
    const link = published.find((each) => each.verify(selfSigned[1]!.publicKey) && each !== selfSigned[1]);
    const without = published.filter((each) => each !== link).map(({ raw }) => raw);
    expect(station.learn(without, new Date())).toBe(false);
    expect(
      station.learn(
        published.map(({ raw }) => raw),
        new Date(),
      ),
    ).toBe(true);
    expect(station.certificates().map(({ raw }) => raw)).toEqual([selfSigned[1]!.raw, selfSigned[0]!.raw]);
    expect(certificatesIn(kept[0]!)).toHaveLength(2);
    expect(
      station.learn(
        published.map(({ raw }) => raw),
        new Date(),
      ),
    ).toBe(false);
    links = file('links.pem');
    writeFileSync(links, published.filter((each) => !selfSigned.includes(each)).join(''));

    expect(await keyOf(await issue('during', 'C-100002'))).toBe(oldKey);
    const twice = bank.command('announce-ca-key', '--officer', 'manager-1');
    await expect(twice).rejects.toThrow('announced-already');
  });

  it('takes over: what it signs is good for those who know only the old one, and the other way round', async () => {
    await bank.command('switch-ca-key', '--officer', 'manager-1');
    const { keys } = (await bank.command('list-ca-keys')) as { keys: { state: string }[] };
    expect(keys.map(({ state }) => state)).toEqual(['retired', 'current']);
    await sleep(5_500); // a running process looks again every five seconds
    expect(await keyOf(await issue('after', 'C-100003'))).toBe(newKey);
    const chain = (root: string, name: string) =>
      openssl('verify', '-x509_strict', '-CAfile', root, '-untrusted', links, file(`${name}.pem`));
    for (const name of ['before', 'during', 'after'])
      for (const root of [oldRoot, newRoot]) expect(await chain(root, name)).toContain(`${name}.pem: OK`);
    // Without the link nobody could know.
    expect(await openssl('verify', '-CAfile', oldRoot, file('after.pem'))).toContain('error');
  });

  it('each key signs the list of its own certificates, and its own responder answers for them', async () => {
    const officer = { officerId: 'manager-1', reason: 'lost' } as const;
    await client.must('revokeCard', { cardId: cards.before!.cardId }, officer);
    const roots = file('roots.pem');
    writeFileSync(roots, readFileSync(oldRoot, 'utf8') + readFileSync(newRoot, 'utf8'));
    const check = (name: string) =>
      openssl('verify', '-crl_check', '-crl_download', '-CAfile', roots, file(`${name}.pem`));
    expect(await check('before')).toContain('certificate revoked');
    expect(await check('during')).toContain('during.pem: OK');
    expect(await check('after')).toContain('after.pem: OK');
    expect(await crlUrl(file('before.pem'))).toContain(`/crl/${oldKey}.crl`);
    expect(await crlUrl(file('after.pem'))).toContain(`/crl/${newKey}.crl`);

    const ask = (name: string, root: string) =>
      openssl(
        ...['ocsp', '-url', `http://${PUBLICATION}/ocsp`, '-CAfile', root],
        ...['-issuer', root, '-cert', file(`${name}.pem`)],
      );
    expect(await ask('before', oldRoot)).toMatch(/Response verify OK[^]*: revoked/);
    expect(await ask('during', oldRoot)).toMatch(/Response verify OK[^]*: good/);
    expect(await ask('after', newRoot)).toMatch(/Response verify OK[^]*: good/);
    expect(await ask('after', oldRoot)).toMatch(/: unknown/);
  });

  it('a station goes on with the certificate it has, and with one of the new key', async () => {
    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    const identity = { key: read('station.key.pem'), certificate: read('station.cert.pem') };
    const { subject } = new X509Certificate(identity.certificate);
    const publicKey = new X509Certificate(identity.certificate).publicKey;
    const station = estClient({ origin: bank.enrolmentOrigin, ca: bank.ca.toString(), identity });
    const renewed = await station.reenrol(
      (challengePassword) =>
        makeCertificateRequest({
          order: {
            profile: 'station',
            algorithm: 'p-256',
            subject: subject.split('\n').reverse().join(','),
          },
          publicKey: publicKey.export({ type: 'spki', format: 'der' }),
          sign: async (bytes) => ok(sign('sha256', bytes, identity.key)),
          ...(challengePassword !== undefined && { challengePassword }),
        }),
      0,
    );
    if (!renewed.ok) throw new Error(JSON.stringify(renewed.fault));
    const next = write('station.pem', renewed.value);
    expect(await keyOf(next)).toBe(newKey);
    const status = async (cert: string, port: number, ca: Buffer | string) => {
      const agent = new Agent({ ca, key: identity.key, cert });
      const url = new URL('/api/v1/status', `https://127.0.0.1:${String(port)}`);
      return (await httpsSend(agent, url, 'GET')).status;
    };
    // The server runs since before the key was made.
    expect(await status(readFileSync(next, 'utf8'), bank.serving.ports.api, bank.ca)).toBe(200);
    expect(await status(identity.certificate, bank.serving.ports.api, bank.ca)).toBe(200);
  });

  it('a server that starts now is known to stations that trust the old key only, and the new only', async () => {
    await bank.serving.stop();
    const again = await bank.serve();
    try {
      const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
      for (const root of [oldRoot, newRoot]) {
        const agent = new Agent({
          ca: readFileSync(root),
          key: read('station.key.pem'),
          cert: read('station.cert.pem'),
        });
        const url = new URL('/api/v1/status', `https://127.0.0.1:${String(again.ports.api)}`);
        expect((await httpsSend(agent, url, 'GET')).status).toBe(200);
      }
      // When its last certificate has ended, the old key signs nothing any more.
      const list = async (keyId: string) => (await fetch(`http://${PUBLICATION}/crl/${keyId}.crl`)).status;
      expect([await list(oldKey), await list(newKey)]).toEqual([200, 200]);
      const store = await openSqliteStore(file('bank.sqlite'), new Date());
      if (!store.ok) throw new Error(store.fault.code);
      await store.value.db
        .updateTable('issuing_keys')
        .set({ serves_until: new Date(Date.now() - 1000).toISOString() })
        .where('key_id', '=', oldKey)
        .execute();
      await store.value.close();
      await expect.poll(() => list(oldKey)).toBe(404);
      expect(await list(newKey)).toBe(200);
    } finally {
      await again.stop();
    }
  });
});
