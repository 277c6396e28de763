import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  counterModeKey,
  kdf3Key,
} from '../../../electron/bank-server/key-service/diversification/counter-mode.ts';
import { emvKey } from '../../../electron/bank-server/key-service/diversification/emv.ts';
import {
  checkValueOfBytes,
  masterKeyInMemory,
  type MasterKey,
} from '../../../electron/bank-server/key-service/diversification/master-key.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import {
  domainHasOwnKeys,
  replaceDomainKeys,
  replacePivSecrets,
} from '../../../electron/station/issuance/sim-steps/card-secrets.ts';
import { openForWriting } from '../../../electron/station/issuance/sim-steps/management-access.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import {
  virtualBankCard,
  virtualPivCard,
  type CardModel,
  type VirtualBankCard,
  type VirtualCard,
  type VirtualPivCard,
} from '../../../native/virtual/index.ts';
import { startStandaloneBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

/* Cards live longer than master keys: one takes over from another, in the HSM, while the bank serves. */

// Some fifty cards, each with several key changes.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const token = makeSoftToken();
if (token === undefined) {
  it.skip('a master key takes over from another: SoftHSM2 is not installed', () => {});
} else {
  Object.assign(process.env, token.environment);
  // Before the library is loaded: it looks for tokens once.
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', 'cardwright-maker', '--so-pin', '271828', '--pin', token.pin],
    { stdio: 'ignore' },
  );
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-rotation-'));
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, token.pin, { mode: 0o600 });
  const hsm = ['--pkcs11', token.module, '--token', token.label, '--pin-file', pinFile];
  afterAll(() => {
    token.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const valueOf = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
    return result.value;
  };
  const identityOf = (card: { serial: number }) => card.serial.toString(16).padStart(8, '0');
  const domainOf =
    (card: VirtualCard, link = linkToCard(card)) =>
    () =>
      globalPlatform.open(link.pipe);
  const stationOf = (bank: EnrolmentBank): BankClient => {
    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    return httpsBankClient({
      origin: `https://127.0.0.1:${String(bank.serving.ports.api)}`,
      key: read('station.key.pem'),
      certificate: read('station.cert.pem'),
      bankCa: read('bank-ca.pem'),
    });
  };
  const withoutParity = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte & 0xfe)).toString('hex');
  const versionsOf = (card: VirtualBankCard) => Object.keys(card.state.domain.keys).map(Number);

  /** A ceremony with components that this test knows, and the key comes into force. */
  const enter = async (
    bank: EnrolmentBank,
    version: number,
    algorithm: 'aes-256' | 'aes-128' | '3des',
    more: readonly string[],
  ): Promise<MasterKey> => {
    const length = { 'aes-256': 32, 'aes-128': 16, '3des': 16 }[algorithm];
    const parts = [7, 13].map((step) =>
      Buffer.from(Array.from({ length }, (_, at) => (at * step + version) & 0xff)),
    );
    for (const [at, part] of parts.entries()) {
      const file = join(folder, `part-${String(at)}`);
      writeFileSync(file, `${part.toString('hex')}\n${checkValueOfBytes(algorithm, part)}\n`, {
        mode: 0o600,
      });
      await bank.command(
        ...['enter-key-component', String(version), '--officer', `P-${String(at)}`, '--component-file', file],
        ...['--key-algorithm', algorithm, ...more],
      );
    }
    const key = Buffer.from(parts[0]!.map((byte, at) => byte ^ parts[1]![at]!));
    const value = checkValueOfBytes(algorithm, key);
    await bank.command(
      'activate-master-key',
      String(version),
      '--check-value',
      value,
      '--officer',
      'P-0',
      ...more,
    );
    await sleep(5_500); // a running process looks again every five seconds
    return masterKeyInMemory(algorithm, key);
  };

  describe('a master key takes over from another', () => {
    let bank: EnrolmentBank;
    let client: BankClient;
    let master: MasterKey;
    const moments = (['before', 'after'] as const).flatMap((when) =>
      Array.from({ length: 14 }, (_, at) => ({ when, at: at + 1 })),
    );
    const pivMoments = moments.filter(({ at }) => at > 1);
    const domains: VirtualBankCard[] = [];
    const pivCards: VirtualPivCard[] = [];
    const prepare = async (model?: CardModel) => {
      const card = virtualBankCard(model === undefined ? {} : { model });
      valueOf(await replaceDomainKeys(domainOf(card), client, identityOf(card)));
      return card;
    };
    const open = async (card: VirtualCard, link = linkToCard(card)) => valueOf(await piv.open(link.pipe));
    const preparePiv = async () => {
      const card = virtualPivCard();
      valueOf(await replacePivSecrets(await open(card), client, identityOf(card), 'diversified'));
      return card;
    };

    beforeAll(async () => {
      bank = await startStandaloneBank(['--training', ...hsm], hsm);
      client = stationOf(bank);
      for (const model of ['modern', 'small-buffer', 'scp-only'] as const) domains.push(await prepare(model));
      while (domains.length < 3 + moments.length) domains.push(await prepare());
      while (pivCards.length <= pivMoments.length) pivCards.push(await preparePiv());
    });
    afterAll(async () => {
      client.close();
      await bank.stop();
    });

    it('and the cards of the one before are served as ever, on the card and in the book', async () => {
      expect(domains.slice(0, 3).map(versionsOf)).toEqual([[0x30], [0x20], [0x30]]);
      master = await enter(bank, 2, 'aes-256', hsm);
      const { keys } = (await bank.command('list-master-keys', ...hsm)) as { keys: object[] };
      expect(keys).toMatchObject([
        { version: 1, place: 'token', state: 'retired' },
        { version: 2, place: 'token', state: 'current', made_by: ['P-0', 'P-1'] },
      ]);
      for (const card of domains.slice(0, 3))
        expect(await domainHasOwnKeys(domainOf(card), client, identityOf(card))).toEqual(ok());
      const old = pivCards[0]!;
      const key = old.state.piv.management.key;
      expect(await openForWriting(await open(old), client, identityOf(old))).toMatchObject({
        ok: true,
        value: { key: 'diversified', outdated: true },
      });
      expect(old.state.piv.management.key).toBe(key);
    });

    it('a new card gets its keys from it, which anybody can check who has the master key', async () => {
      const card = await prepare();
      expect(versionsOf(card)).toEqual([0x31]);
      const identity = new TextEncoder().encode(identityOf(card));
      for (const name of ['enc', 'mac', 'dek'] as const)
        expect(card.state.domain.keys['49']![name]).toBe(
          Buffer.from(await counterModeKey(master, `cardwright|channel-${name}|aes`, identity, 16)).toString(
            'hex',
          ),
        );
      const other = await preparePiv();
      const made = await counterModeKey(
        master,
        'cardwright|piv-9b|3des',
        new TextEncoder().encode(identityOf(other)),
        24,
      );
      expect(other.state.piv.management.algorithm).toBe(0x03);
      expect(withoutParity(Buffer.from(other.state.piv.management.key, 'hex'))).toBe(withoutParity(made));
    });

    it('a card of the one before changes over at its next work, once, and no attempt is wrong', async () => {
      for (const [at, version] of [0x31, 0x21, 0x31].entries()) {
        const card = domains[at]!;
        const before = Object.values(card.state.domain.keys)[0]!;
        expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
        expect(versionsOf(card)).toEqual([version]);
        expect(card.state.domain.failures).toBe(0);
        const now = card.state.domain.keys[String(version)]!;
        expect(now.enc).not.toBe(before.enc);
        expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
        expect(card.state.domain.keys[String(version)]).toEqual(now);
      }
      const card = pivCards[0]!;
      const before = structuredClone(card.state.piv);
      valueOf(await replacePivSecrets(await open(card), client, identityOf(card), 'diversified'));
      expect(card.state.piv.management.key).not.toBe(before.management.key);
      // A PUK has few tries: it changes where the factory's is in between, at the next wipe and issue.
      expect(card.state.piv.puk).toEqual(before.puk);
      expect(await openForWriting(await open(card), client, identityOf(card))).toMatchObject({
        value: { key: 'diversified', outdated: false },
      });
      valueOf(await replacePivSecrets(await open(card), client, identityOf(card), 'factory'));
      valueOf(await replacePivSecrets(await open(card), client, identityOf(card), 'diversified'));
      expect(card.state.piv.puk.value).not.toBe(before.puk.value);
      expect(card.state.piv.puk.left).toBe(before.puk.left);
    });

    it('whenever a card is pulled, its domain has one set of keys and no attempt was wrong', async () => {
      for (const [index, { when, at }] of moments.entries()) {
        const card = domains[3 + index]!;
        const link = linkToCard(card);
        link.pullAt(at, when);
        const torn = await replaceDomainKeys(domainOf(card, link), client, identityOf(card));
        expect(torn.ok || torn.fault.code === 'card-removed').toBe(true);
        expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
        expect([versionsOf(card), card.state.domain.failures]).toEqual([[0x31], 0]);
      }
    });

    it('whenever a card is pulled, its management key is one of the two, and the card stays in use', async () => {
      for (const [index, { when, at }] of pivMoments.entries()) {
        const card = pivCards[1 + index]!;
        const before = card.state.piv.management.key;
        const link = linkToCard(card);
        const session = await open(card, link);
        link.pullAt(at, when);
        await replacePivSecrets(session, client, identityOf(card), 'diversified');
        valueOf(await replacePivSecrets(await open(card), client, identityOf(card), 'diversified'));
        expect(card.state.piv.management.key).not.toBe(before);
        expect(card.state.piv.puk.left).toBe(3);
        expect(await openForWriting(await open(card), client, identityOf(card))).toMatchObject({
          value: { outdated: false },
        });
      }
    });

    it('the book says of each card which master key each of its secrets comes from', async () => {
      const store = valueOf(await openSqliteStore(join(bank.folder, 'bank.sqlite'), new Date()));
      const rows = await store.db.selectFrom('managed_cards').selectAll().execute();
      await store.close();
      const row = (card: { serial: number }) =>
        rows.find(({ medium_identity }) => medium_identity === identityOf(card));
      const from = (version: number, card: { serial: number }) =>
        JSON.stringify({
          version,
          method: 'sp800-108',
          data: Buffer.from(identityOf(card)).toString('hex'),
        });
      expect(row(domains[0]!)).toMatchObject({
        channel_keys: 'diversified',
        channel_keys_origin: from(2, domains[0]!),
        channel_keys_before: null,
      });
      expect(row(pivCards[1]!)).toMatchObject({
        management_key_origin: from(2, pivCards[1]!),
        management_key_before: null,
        puk_origin: from(1, pivCards[1]!),
      });
    });

    it('a bank whose HSM has another key under the label does not start', async () => {
      const store = valueOf(await openSqliteStore(join(bank.folder, 'bank.sqlite'), new Date()));
      const set = (check_value: string) =>
        store.db.updateTable('master_keys').set({ check_value }).where('version', '=', 2).execute();
      const { check_value } = await store.db
        .selectFrom('master_keys')
        .select('check_value')
        .where('version', '=', 2)
        .executeTakeFirstOrThrow();
      await set('000000');
      await expect(bank.serve()).rejects.toThrow('"reason":"check-value"');
      await set(check_value);
      await store.close();
    });
  });

  describe('the keys of a domain as card makers derive them', () => {
    let bank: EnrolmentBank;
    let client: BankClient;
    const resources = join(folder, 'resources');
    const more = [...hsm.with(3, 'cardwright-maker'), '--resources', resources];

    beforeAll(async () => {
      cpSync('resources/certificate-profiles', join(resources, 'certificate-profiles'), { recursive: true });
      cpSync('resources/card-profiles', join(resources, 'card-profiles'), { recursive: true });
      const common = { cardData: '*', data: 'card' };
      writeFileSync(
        join(resources, 'card-profiles', 'key-derivation.json'),
        JSON.stringify({
          domainKeys: [
            { name: 'by KDF3', protocol: 'scp03', method: 'kdf3', ...common },
            { name: 'by EMV', protocol: 'scp02', method: 'emv', ...common },
          ],
        }),
      );
      bank = await startStandaloneBank(['--training', ...more], more);
      client = stationOf(bank);
    });
    afterAll(async () => {
      client.close();
      await bank.stop();
    });

    it('KDF3 from an AES key, from what the card tells of itself', async () => {
      const master = await enter(bank, 2, 'aes-128', more);
      const card = virtualBankCard();
      const told = await cardDataOf(card);
      expect(told).toHaveLength(10);
      expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
      for (const name of ['enc', 'mac', 'dek'] as const)
        expect(card.state.domain.keys['49']![name]).toBe(
          Buffer.from(await kdf3Key(master, name, told, 16)).toString('hex'),
        );
    });

    it('EMV from a 3DES key, once there is one', async () => {
      const mute = virtualBankCard();
      Object.assign(mute.state.domain, { diversificationData: '00'.repeat(10) });
      expect(await replaceDomainKeys(domainOf(mute), client, identityOf(mute))).toMatchObject({
        fault: { code: 'card-unsupported', data: { what: 'diversification-data' } },
      });
      const card = virtualBankCard({ model: 'small-buffer' });
      expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toMatchObject({
        fault: { code: 'bank-key-conflict', data: { reason: 'no-master-key', algorithm: '3des' } },
      });
      const master = await enter(bank, 3, '3des', more);
      expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
      const told = await cardDataOf(card);
      for (const name of ['enc', 'mac', 'dek'] as const)
        expect(withoutParity(Buffer.from(card.state.domain.keys['34']![name], 'hex'))).toBe(
          withoutParity(await emvKey(master, 'emv', name, told)),
        );
      // The AES key is still the one that AES secrets come from.
      const other = virtualBankCard();
      valueOf(await replaceDomainKeys(domainOf(other), client, identityOf(other)));
      expect(versionsOf(other)).toEqual([0x31]);
    });

    /** The first ten bytes of the answer to INITIALIZE UPDATE. */
    const cardDataOf = async (card: VirtualBankCard): Promise<Uint8Array> => {
      const { pipe } = linkToCard(card);
      valueOf(await globalPlatform.open(pipe));
      const answer = valueOf(
        await pipe.send({ cla: 0x80, ins: 0x50, p1: 0, p2: 0, data: new Uint8Array(8), le: 256 }),
      );
      return answer.data.subarray(0, 10);
    };
  });
}
