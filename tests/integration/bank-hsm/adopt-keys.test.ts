import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import graphene from 'graphene-pk11';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { openToken } from '../../../electron/bank-server/ca/pkcs11/open-token.ts';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { openStationCredentials } from '../../../electron/station/bank/station-credentials.ts';
import { replaceDomainKeys } from '../../../electron/station/issuance/sim-steps/card-secrets.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { virtualBankCard } from '../../../native/virtual/index.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { startStandaloneBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { must } from '../../harness/start-station.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

/* Keys that others made in the HSM, as a bank's own ceremony would: by templates, and with OpenSC's pkcs11-tool. */

// A limit against hanging on a busy machine, not a measure.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const token = makeSoftToken('ceremony');
if (token === undefined) {
  it.skip('keys of an HSM’s own ceremony: SoftHSM2 is not installed', () => {});
} else {
  Object.assign(process.env, token.environment);
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-adopt-'));
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, token.pin, { mode: 0o600 });
  const hsm = ['--pkcs11', token.module, '--token', token.label, '--pin-file', pinFile];
  const tool = (...args: string[]): string =>
    execFileSync(
      'pkcs11-tool',
      ['--module', token.module, '--token-label', token.label, '--login', '--pin', token.pin, ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  /** The HSM as its own ceremony works with it. */
  const inToken = (work: (session: graphene.Session) => void): void => {
    const module = graphene.Module.load(token.module, 'ceremony');
    module.initialize();
    const slots = module.getSlots(true);
    for (let at = 0; at < slots.length; at += 1) {
      const slot = slots.items(at);
      if (slot.getToken().label.trimEnd() !== token.label) continue;
      const session = slot.open(graphene.SessionFlag.SERIAL_SESSION | graphene.SessionFlag.RW_SESSION);
      work(session);
      session.close();
    }
  };
  const shut = { token: true, private: true, sensitive: true, extractable: false, sign: true };
  const nothingElse = { decrypt: false, unwrap: false, derive: false };
  const curves = { 'p-256': '06082a8648ce3d030107', 'p-384': '06052b81040022', 'p-521': '06052b81040023' };
  const makePair = (
    label: string,
    id: string,
    more: graphene.ITemplate = {},
    curve: keyof typeof curves = 'p-256',
  ): void => {
    const named = { label, id: Buffer.from(id, 'hex'), keyType: graphene.KeyType.EC };
    inToken((session) => {
      session.generateKeyPair(
        graphene.KeyGenMechanism.EC,
        { ...named, token: true, verify: true, paramsEC: Buffer.from(curves[curve], 'hex') },
        { ...named, ...shut, ...nothingElse, ...more },
      );
    });
  };

  let bank: EnrolmentBank;
  let client: BankClient;
  beforeAll(async () => {
    bank = await startStandaloneBank(['--training', ...hsm], hsm);
    client = bankClient(`https://127.0.0.1:${String(bank.serving.ports.api)}`, bank.stationFolder);
  });
  afterAll(async () => {
    client.close();
    await bank.stop();
    token.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = async (...args: string[]): Promise<unknown> => {
    const read = readStandaloneOptions([
      ...args,
      ...['--database', join(bank.folder, 'bank.sqlite'), '--data', join(bank.folder, 'data'), ...hsm],
    ]);
    if (!read.ok) return read.errors;
    const done = await runCommand(read.options, bankLog('silent'));
    return done.ok ? 'done' : done.fault;
  };
  const unfit = (label: string, attributes: string) => ({
    code: 'bank-key-unfit',
    data: { label, attributes },
  });
  const asBank = {
    customers: trainingCustomers,
    trainingSecrets,
    server: { bankId: 'enrol-bank' },
  } as TestBank;

  describe('a key pair for the CA', () => {
    const adopt = (...which: string[]) => refusal('announce-ca-key', '--officer', 'C-1', ...which);

    it('is refused where it can leave the HSM, opens or agrees on other keys, or is of another curve', async () => {
      makePair('loose', '11', { extractable: true });
      expect(await adopt('--key-label', 'loose')).toEqual(
        unfit('loose', 'CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE'),
      );
      makePair('agrees', '12', { derive: true });
      expect(await adopt('--key-id', '12')).toEqual(unfit('id:12', 'CKA_DERIVE'));
      // What this tool does not say, SoftHSM2 allows.
      tool('--keypairgen', '--key-type', 'rsa:2048', '--label', 'by-tool', '--id', '13', '--usage-sign');
      expect(await adopt('--key-label', 'by-tool')).toEqual(unfit('by-tool', 'CKA_DECRYPT, CKA_UNWRAP'));
      makePair('other-curve', '14', {}, 'p-521');
      expect(await adopt('--key-label', 'other-curve')).toEqual(unfit('other-curve', 'CKA_KEY_TYPE'));
      expect(await adopt('--key-label', 'nothing')).toMatchObject({
        code: 'bank-keys-damaged',
        data: { reason: 'key', label: 'nothing' },
      });
      expect(await adopt('--key-label', 'cardwright-ca')).toEqual({
        code: 'bank-key-conflict',
        data: { reason: 'known-already' },
      });
    });

    it('that came from outside is refused, and so is a private key beside a strange public one', async () => {
      execFileSync(
        'openssl',
        ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', join(folder, 'k.pem')],
        {
          stdio: 'ignore',
        },
      );
      tool('--write-object', join(folder, 'k.pem'), '--type', 'privkey', '--label', 'foreign', '--id', '15');
      tool(
        ...['--read-object', '--type', 'pubkey', '--label', 'loose', '--output-file', join(folder, 'p.der')],
      );
      tool('--write-object', join(folder, 'p.der'), '--type', 'pubkey', '--label', 'foreign', '--id', '15');
      expect(await adopt('--key-label', 'foreign')).toMatchObject({
        code: 'bank-key-unfit',
        data: { attributes: expect.stringContaining('CKA_NEVER_EXTRACTABLE') as string },
      });

      makePair('half', '16');
      tool('--delete-object', '--type', 'pubkey', '--id', '16');
      tool('--write-object', join(folder, 'p.der'), '--type', 'pubkey', '--label', 'half', '--id', '16');
      expect(await adopt('--key-label', 'half')).toEqual(unfit('half', 'CKA_ID'));
    });

    it('is announced and switched to by its id, and signs while the bank serves', async () => {
      makePair('ceremony-ca', '0a0b', {}, 'p-384');
      const announced = await bank.command(
        ...['announce-ca-key', '--officer', 'C-1', '--key-id', '0A0B', ...hsm],
      );
      expect(announced).toMatchObject({ kind: 'announced', name: 'id:0a0b' });
      await bank.command('switch-ca-key', '--officer', 'C-1', ...hsm);
      await sleep(5_500); // a running process looks again every five seconds
      const { certificate } = await issueCard(asBank, client, 'C-100001');
      const opened = must(openToken({ module: token.module, token: { label: token.label } }, token.pin));
      const ca = must(opened.signer('id:0a0b')).publicKey;
      opened.close();
      expect(ca.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
      expect(new X509Certificate(certificate).verify(ca)).toBe(true);
    });
  });

  describe('a master key of the cards', () => {
    const make = (label: string, more: graphene.ITemplate = {}): void => {
      inToken((session) => {
        session.generateKey(graphene.KeyGenMechanism.AES, {
          ...{ ...shut, ...nothingElse, encrypt: true, wrap: false, label, id: Buffer.from(label) },
          valueLen: 32,
          ...more,
        });
      });
    };
    const adopt = (...which: string[]) => refusal('adopt-master-key', '2', '--officer', 'C-1', ...which);

    it('is refused by what it may do, and by its check value', async () => {
      make('readable', { extractable: true, sensitive: false });
      expect(await adopt('--key-label', 'readable', '--check-value', '000000')).toEqual(
        unfit('readable', 'CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE'),
      );
      make('opens', { decrypt: true, unwrap: true, derive: true, wrap: true });
      expect(await adopt('--key-label', 'opens', '--check-value', '000000')).toEqual(
        unfit('opens', 'CKA_DECRYPT, CKA_UNWRAP, CKA_DERIVE, CKA_WRAP'),
      );
      make('ceremony-master');
      expect(await adopt('--key-label', 'ceremony-master', '--check-value', '000000')).toMatchObject({
        code: 'key-check-value-differs',
      });
      expect(await adopt('--key-label', 'ceremony-master')).toEqual([
        '--check-value is missing: of the key, as its officers wrote it down',
      ]);
      expect(await adopt('--check-value', '000000')).toEqual([
        'adopt-master-key needs --key-label or --key-id',
      ]);
    });

    it('is adopted, activated, and new cards’ keys come from it', async () => {
      const differs = (await adopt('--key-label', 'ceremony-master', '--check-value', '000000')) as {
        data: { checkValue: string };
      };
      const { checkValue } = differs.data;
      const adopted = await bank.command(
        ...['adopt-master-key', '2', '--officer', 'C-1', '--check-value', checkValue],
        ...['--key-label', 'ceremony-master', ...hsm],
      );
      expect(adopted).toMatchObject({ kind: 'master-key-adopted', algorithm: 'aes-256', checkValue });
      expect(
        await refusal(
          'adopt-master-key',
          '3',
          '--officer',
          'C-1',
          '--check-value',
          checkValue,
          '--key-label',
          'ceremony-master',
        ),
      ).toMatchObject({ data: { reason: 'known-already' } });
      await bank.command(
        ...['activate-master-key', '2', '--officer', 'C-2', '--check-value', checkValue, ...hsm],
      );
      const { keys, events } = (await bank.command('list-master-keys', ...hsm)) as {
        keys: Record<string, unknown>[];
        events: Record<string, unknown>[];
      };
      expect(keys).toMatchObject([
        { version: 1, state: 'retired' },
        { version: 2, state: 'current', name: 'ceremony-master', place: 'token' },
      ]);
      expect(events.map(({ kind }) => kind)).toEqual(['made', 'adopted', 'activated']);
      // A bank that starts over it opens it, and cards' keys come from it.
      const again = await bank.serve();
      await again.stop();
      await sleep(5_500);
      const card = virtualBankCard();
      const identity = card.serial.toString(16).padStart(8, '0');
      const domain = () => globalPlatform.open(linkToCard(card).pipe);
      const station = httpsBankClient({
        origin: `https://127.0.0.1:${String(bank.serving.ports.api)}`,
        ...must(openStationCredentials(bank.stationFolder)).current(),
        bankCa: bank.ca.toString(),
      });
      must(await replaceDomainKeys(domain, station, identity));
      station.close();
      // Their version number is the master key's.
      expect(Object.keys(card.state.domain.keys).map(Number)).toEqual([0x31]);
    });
  });
}
