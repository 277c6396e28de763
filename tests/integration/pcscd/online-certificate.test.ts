import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applyOnline,
  banksOnCard,
  curlTransport,
  httpsTransport,
  onlineBank,
  openLetter,
  renewOnline,
  signStatement,
  type BankOnCard,
  type OnlineBank,
} from '../../../electron/customer-card/index.ts';
import { fail } from '../../../electron/shared/result/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualPivCard, type VirtualPivCard, type VpcdConnection } from '../../../native/virtual/index.ts';
import { applicationOf } from '../../harness/online-customer.ts';
import { documented, newSequence } from '../../harness/sequence.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import { must } from '../../harness/start-station.ts';

/*
 * S2 at home: a SIM in a PC reader (virtual card, real pcscd), the bank's online service over TLS 1.3, and a
 * TLS program of others (curl, OpenSC over PKCS#11) that logs in with the key on the card.
 */

const run = promisify(execFile);
const module = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const engine = '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so';
const missing = ['/usr/bin/curl', '/usr/bin/openssl', module, engine].find((file) => !existsSync(file));
const reason =
  whyNoPcscd() ?? (missing && `${missing} is missing (apt-get install curl opensc libengine-pkcs11-openssl)`);

describe.skipIf(reason !== undefined)(`a card at home${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'online-'));
  const cardPin = '123456';
  let pcscd: PrivatePcscd;
  let devices: DeviceProcess;
  let bank: TestBank;
  let card: VirtualPivCard;
  let connection: VpcdConnection;
  let online: OnlineBank;
  let caFile: string;
  let cardId: string;

  const sequence = newSequence({ T: 'Terminal', C: 'SIM', B: 'Bank' });
  const useCard = sequence.card(async (work) => {
    const connect = () => devices.cards.connect(pcscd.readers[0]!.name);
    let leased = await connect();
    // That curl has ended reaches pcscd a moment after it reaches us.
    for (let round = 0; !leased.ok && leased.fault.code === 'reader-busy' && round < 200; round++) {
      await pause(50);
      leased = await connect();
    }
    const link = must(leased);
    try {
      const session = await piv.open(openPipe(link));
      return session.ok ? await work(session.value) : session;
    } finally {
      await link.close();
    }
  });

  /** The bank as the holder of this certificate speaks to it: TLS with the key on the card. */
  const asHolder = (certificate: Uint8Array): OnlineBank => {
    const certificateFile = join(folder, 'certificate.pem');
    writeFileSync(certificateFile, new X509Certificate(certificate).toString());
    const transport = curlTransport(bank.server.onlineOrigin, {
      caFile,
      certificateFile,
      keyId: '01',
      cardPin: () => cardPin,
      module,
      environment: pcscd.environment,
    });
    return sequence.bank(onlineBank(transport));
  };
  const onCard = async (): Promise<BankOnCard> => must(await useCard(banksOnCard))[0]!;

  beforeAll(async () => {
    pcscd = await startPcscd();
    process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
    bank = await startBank();
    caFile = join(bank.stationFolder, 'bank-ca.pem');
    const transport = httpsTransport(bank.server.onlineOrigin, readFileSync(caFile, 'utf8'));
    online = sequence.bank(onlineBank(transport));
    card = virtualPivCard({ form: 'sim' });
    connection = await pcscd.insert(card);
    devices = must(await startDeviceProcess({ pcsc: true }));
  });
  afterAll(async () => {
    await devices.stop();
    await connection.remove();
    delete process.env.PCSCLITE_CSOCK_NAME;
    await pcscd.close();
    await bank.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('asks for a certificate: key on the card, request, certificate, stored, proven (501 to 512)', async () => {
    const wrong = { ...applicationOf('C-100001', 'SIM-1', cardPin), accountPin: '000000' };
    expect(await applyOnline(online, useCard, wrong)).toEqual(fail('account-pin-wrong', { triesLeft: 2 }));
    const other = { ...applicationOf('C-100001', 'SIM-1', cardPin), documentNumber: '110105199001010000' };
    expect(await applyOnline(online, useCard, other)).toMatchObject({ fault: { code: 'identity-refused' } });
    const nobody = { ...applicationOf('C-100001', 'SIM-1', cardPin), customerId: 'C-999999' };
    expect(await applyOnline(online, useCard, nobody)).toEqual(
      fail('identity-refused', { reason: 'not-on-file' }),
    );
    expect(card.state.piv.keys).toEqual({});

    const applied = must(
      await sequence.during('a certificate from home (501 to 512)', () =>
        applyOnline(online, useCard, applicationOf('C-100001', 'SIM-1', cardPin)),
      ),
    );
    cardId = applied.cardId;
    const inside = await onCard();
    expect(inside).toMatchObject({ slot: '9a', algorithm: 'p-256', bankName: 'Qingyu Bank (Training)' });
    expect(Buffer.from(inside.certificate)).toEqual(Buffer.from(applied.certificate));
    const { card: record } = await bank.client().must('readCard', { cardId });
    expect(record).toMatchObject({
      state: 'active',
      registration: { state: 'active' },
      certificate: {
        state: 'issued',
        sha256: createHash('sha256').update(applied.certificate).digest('hex'),
      },
    });
    // A second card for the same place is refused before anything is written.
    expect(await applyOnline(online, useCard, applicationOf('C-100001', 'SIM-2', cardPin))).toMatchObject({
      fault: { code: 'customer-has-active-card' },
    });
  });

  it('logs in by TLS 1.3 with the key on the card (601 to 604)', async () => {
    const { certificate } = await onCard();
    const session = await sequence.during('TLS 1.3 with the key on the card (601 to 604)', () =>
      asHolder(certificate).call('session', {}, {}),
    );
    expect(must(session)).toMatchObject({
      customerId: 'C-100001',
      customerName: '李娜',
      loginName: 'lina.dew',
    });
    // Without a certificate, and with one of another authority over the same key.
    expect(await online.call('session', {}, {})).toMatchObject({ fault: { code: 'certificate-unknown' } });
    const file = (name: string) => join(folder, name);
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3'],
      ...['-subj', '/O=Nobody', '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ]);
    const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' });
    writeFileSync(file('spki.pem'), spki);
    await run('openssl', [
      ...['x509', '-new', '-force_pubkey', file('spki.pem'), '-subj', '/CN=Li Na', '-days', '3'],
      ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-outform', 'DER', '-out', file('forged.der')],
    ]);
    expect(await asHolder(readFileSync(file('forged.der'))).call('session', {}, {})).toMatchObject({
      fault: { code: 'certificate-unknown' },
    });
  });

  it('signs what the bank asks for and nothing else (605 to 608)', async () => {
    const inside = await onCard();
    const holder = asHolder(inside.certificate);
    const text = '向 王建国 转账 ¥1,234.50';
    const given = must(
      await sequence.during('a signature that the bank asks for (605 to 608)', () =>
        signStatement(holder, useCard, inside, cardPin, text),
      ),
    );
    expect(given.statement).toContain(text);
    const asked = must(await holder.call('askSignature', {}, { text }));
    const params = { signatureId: asked.signatureId };
    const signature = Buffer.alloc(70, 1).toString('base64');
    expect(await holder.call('giveSignature', params, { signature })).toMatchObject({
      fault: { code: 'proof-refused' },
    });
    // A bank, or somebody between, that wants something else signed.
    const lying: OnlineBank = {
      call: (async () => ({
        ok: true,
        value: { ...asked, statement: asked.statement.replace('王建国', '他人') },
      })) as unknown as OnlineBank['call'],
    };
    expect(await signStatement(lying, useCard, inside, cardPin, text)).toMatchObject({
      fault: { code: 'bank-bad-answer' },
    });
  });

  it('opens what the bank sealed to the key on the card', async () => {
    const inside = await onCard();
    const holder = asHolder(inside.certificate);
    const letter = must(await holder.call('sealedLetter', {}, {}));
    const from = { bankId: bank.server.bankId, cardId };
    const open = (sealed: typeof letter) =>
      useCard(async (session) => {
        must(await session.verifyPin(cardPin));
        return openLetter(session, inside, from, sealed);
      });
    const read = await sequence.during('a letter sealed to the key on the card', () => open(letter));
    expect(must(read)).toContain('李娜');
    const box = Buffer.from(letter.box, 'base64');
    box[20]! ^= 1;
    expect(await open({ ...letter, box: box.toString('base64') })).toMatchObject({
      fault: { code: 'envelope-unreadable' },
    });
  });

  it('renews: a new key and certificate, and the old certificate opens nothing any more', async () => {
    const before = await onCard();
    bank.advance(5);
    const renewed = must(
      await sequence.during('the next certificate', () =>
        renewOnline(asHolder(before.certificate), online, useCard, cardPin),
      ),
    );
    const after = await onCard();
    expect(Buffer.from(after.certificate)).toEqual(Buffer.from(renewed.certificate));
    const [was, is] = [new X509Certificate(before.certificate), new X509Certificate(after.certificate)];
    expect(is.publicKey.equals(was.publicKey)).toBe(false);
    expect(is.subject).toBe(was.subject);
    expect(must(await asHolder(after.certificate).call('session', {}, {}))).toMatchObject({
      certificateSerial: is.serialNumber.toLowerCase(),
    });
    const login = await online.call(
      'login',
      {},
      { certificate: was.raw.toString('base64'), loginName: 'lina.dew', password: 'river-lantern-42' },
    );
    expect(login).toMatchObject({ fault: { code: 'certificate-revoked' } });
    const { stdout } = await run('openssl', ['verify', '-CAfile', caFile, join(folder, 'certificate.pem')]);
    expect(stdout).toContain('OK');
    expect(documented('S2', sequence.mermaid())).toBe(sequence.mermaid());
  });
});
