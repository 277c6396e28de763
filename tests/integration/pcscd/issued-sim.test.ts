import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transferWordsIn } from '../../../electron/bank-server/portal/account-words.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import {
  curlTransport,
  httpsTransport,
  onlineBank,
  openCardChain,
  portalCard,
  type OnlineBank,
  type UsePipe,
} from '../../../electron/customer-card/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  encodeKeyHistory,
  keyHistoryObject,
  managementKeyAuthenticator,
  piv,
  userInfoObject,
} from '../../../native/applications/piv/index.ts';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  virtualMediaDriver,
  type VirtualBankCard,
  type VpcdConnection,
} from '../../../native/virtual/index.ts';
import { portalClient, type PortalClient } from '../../harness/portal-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import {
  inWords,
  moved,
  must,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  type TestStation,
} from '../../harness/start-station.ts';

/*
 * A SIM that the station issued through the real pcscd, in the hands of its customer: programs of others drive it in
 * each slot that is used, TLS 1.3 takes its key, and its chain of one-time passwords (S1) opens the bank.
 */

const run = promisify(execFile);
const module = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const engine = '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so';
const missing = [
  ...['/usr/bin/yubico-piv-tool', '/usr/bin/pkcs11-tool', '/usr/bin/openssl', '/usr/bin/curl'],
  ...[module, engine],
].find((file) => !existsSync(file));
const reason =
  whyNoPcscd() ??
  (missing &&
    `${missing} is missing (apt-get install opensc yubico-piv-tool openssl curl libengine-pkcs11-openssl)`);

describe.skipIf(reason !== undefined)(
  `a SIM from the station${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'issued-sim-'));
    const file = (name: string) => join(folder, name);
    const customerId = 'C-100001';
    const cardPin = '482913';
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    let bank: TestBank;
    let card: VirtualBankCard;
    let connection: VpcdConnection;
    let cardId: string;
    let caFile: string;
    let browser: PortalClient;
    const store = memoryCardStore();

    const tool = async (program: string, ...args: string[]): Promise<string> => {
      const { stdout, stderr } = await run(program, args, {
        env: { ...process.env, ...pcscd.environment },
      });
      return stdout + stderr;
    };

    const usePipe: UsePipe = async (work) => {
      const connect = () => devices.cards.connect(pcscd.readers[0]!.name);
      let leased = await connect();
      // That another program has ended reaches pcscd a moment after it reaches us.
      for (let round = 0; !leased.ok && leased.fault.code === 'reader-busy' && round < 200; round++) {
        await pause(50);
        leased = await connect();
      }
      const link = must(leased);
      try {
        return await work(openPipe(link));
      } finally {
        await link.close();
      }
    };

    const newStation = async (): Promise<TestStation> => {
      const media = virtualMediaDriver([]);
      mkdirSync(file('station'), { recursive: true });
      const station = await startTestStation({
        bank,
        folder: file('station'),
        options: { devices: { cards: devices.cards, media, training: undefined, stop: async () => {} } },
      });
      return station;
    };

    const issue = async (station: TestStation): Promise<string> => {
      const { teller } = station;
      const { runId } = must(await startIssuance(station, bank, customerId));
      let view = await settled(teller, runId);
      const { name: reader } = pcscd.readers[0]!;
      while (view.state.kind === 'asking') {
        const { askId, kind } = view.state.ask;
        const answer = (given: unknown) => teller.call('runs.answer', { runId, askId, answer: given });
        view = await moved(teller, runId, () => {
          if (kind === 'customer-secrets') return typeSecrets(station, bank, { cardPin });
          if (kind === 'hand-over') return answer({ customerConfirmed: true });
          return answer({ reader, kind: 'sim', algorithm: 'p-256' });
        });
      }
      expect(inWords(view)).toBe('completed done');
      return view.subject.cardId!;
    };

    const chainRows = async (): Promise<number> => {
      const opened = must(await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), bank.now()));
      const rows = await opened.db.selectFrom('otp_chains').select('card_id').execute();
      await opened.close();
      return rows.length;
    };

    const certificateOnCard = (slot: '9a' | '82') =>
      usePipe(async (pipe) => {
        const session = await piv.open(pipe);
        return session.ok ? session.value.readCertificate(slot) : session;
      });

    const terminal = async (use: UsePipe = usePipe) => {
      const certificate = must(await certificateOnCard('9a'))!;
      const userInfo = must(
        await usePipe(async (pipe) => {
          const session = await piv.open(pipe);
          return session.ok ? session.value.getObject(userInfoObject) : session;
        }),
      )!;
      return portalCard(
        {
          bankId: bank.server.bankId,
          portalOrigin: bank.server.portalOrigin,
          cardId,
          certificate,
          userInfo,
          algorithm: 'p-256',
          clientVersion: '1.0.0',
          now: () => Math.floor(bank.now().getTime() / 1000),
        },
        httpsTransport(bank.server.portalOrigin, readFileSync(caFile, 'utf8'), {
          contentType: 'text/plain;charset=UTF-8',
        }),
        use,
      );
    };

    const signIn = async (use?: UsePipe): Promise<void> => {
      const at = await terminal(use);
      const { challenge } = must(await at.ask(cardPin));
      expect(challenge).toBeDefined();
      const assertion = must(await at.logIn(cardPin, challenge));
      await browser.login(assertion);
      const entered = await browser.password(bank.trainingSecrets[customerId]!.suggestedLoginPassword);
      expect(entered.headers.location).toBe('/menu');
    };

    beforeAll(async () => {
      pcscd = await startPcscd();
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      bank = await startBank();
      caFile = join(bank.stationFolder, 'bank-ca.pem');
      card = virtualBankCard({ sim: trainingSim(), store });
      connection = await pcscd.insert(card);
      devices = must(await startDeviceProcess({ pcsc: true }));
      browser = portalClient(bank);
      const station = await newStation();
      cardId = await issue(station);
      await station.stop();
    }, 120_000);
    afterAll(async () => {
      browser.close();
      await devices.stop();
      await connection.remove();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
      await bank.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    describe('driven by programs of others', () => {
      const message = () => {
        writeFileSync(file('message'), 'pay 100.00 to Wang');
        return file('message');
      };
      const certify = async (slot: '9a' | '82'): Promise<void> => {
        const parsed = new X509Certificate(must(await certificateOnCard(slot))!);
        writeFileSync(file(`${slot}.pem`), parsed.toString());
        writeFileSync(file(`${slot}.pub`), parsed.publicKey.export({ type: 'spki', format: 'pem' }));
      };
      const signsAndVerifies = async (slot: '9a' | '82', id: string): Promise<void> => {
        await certify(slot);
        await tool(
          'pkcs11-tool',
          ...['--module', module, '--login', '--pin', cardPin, '--sign', '--id', id],
          ...['--mechanism', 'ECDSA-SHA256', '--signature-format', 'openssl'],
          ...['--input-file', message(), '--output-file', file('signature')],
        );
        const verify = ['dgst', '-sha256', '-verify', file(`${slot}.pub`), '-signature', file('signature')];
        expect((await run('openssl', [...verify, message()])).stdout).toMatch(/Verified OK/);
      };
      const tlsSession = async (slot: '9a' | '82', keyId: string): Promise<Result<unknown>> => {
        const holder: OnlineBank = onlineBank(
          curlTransport(bank.server.onlineOrigin, {
            caFile,
            certificateFile: file(`${slot}.pem`),
            keyId,
            cardPin: () => cardPin,
            module,
            environment: pcscd.environment,
          }),
        );
        return holder.call('session', {}, {});
      };

      it('opensc-tool takes it for PIV, yubico-piv-tool reads its state', async () => {
        expect(await tool('opensc-tool', '--reader', '0', '--name')).toMatch(
          /Personal Identity Verification/,
        );
        const status = await tool('yubico-piv-tool', '--reader', 'Virtual', '--action', 'status');
        expect(status).toMatch(new RegExp(`Slot 9a:[\\s\\S]*${cardId}`));
        expect(status).toMatch(/PIN tries left:\s+3/);
      });

      it('slot 9A: pkcs11-tool signs, yubico-piv-tool gives the certificate, TLS 1.3 takes the key', async () => {
        await signsAndVerifies('9a', '01');
        await tool(
          'yubico-piv-tool',
          '-r',
          'Virtual',
          '-a',
          'read-certificate',
          '-s',
          '9a',
          '-o',
          file('read.pem'),
        );
        expect((await run('openssl', ['verify', '-CAfile', caFile, file('read.pem')])).stdout).toMatch(/OK/);
        await tool('yubico-piv-tool', '-r', 'Virtual', '-a', 'verify-pin', '-P', cardPin);
        expect(must(await tlsSession('9a', '01'))).toMatchObject({ customerId, cardId });
      });

      it('a retired slot, filled by a further bank with the leave of the card’s own', async () => {
        // OpenSC lets a key of these slots sign only where its certificate says so.
        writeFileSync(file('82.ext'), 'keyUsage=critical,digitalSignature\n');
        // The card's management key, as its bank would let another one use it.
        const { key } = card.state.piv.management;
        await run('openssl', [
          ...[
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:P-256',
            '-nodes',
            '-days',
            '30',
          ],
          ...['-subj', '/O=Farhill Bank', '-keyout', file('ca.key'), '-out', file('ca.pem')],
        ]);
        must(
          await usePipe(async (pipe) => {
            const session = must(await piv.open(pipe));
            must(await session.authenticateManagement(managementKeyAuthenticator('3des', fromHex(key))));
            writeFileSync(file('82.spki'), must(await session.generateKey('82', 'p-256')));
            await run('openssl', [
              'pkey',
              '-pubin',
              '-inform',
              'DER',
              '-in',
              file('82.spki'),
              '-out',
              file('82.pub'),
            ]);
            await run('openssl', [
              ...['x509', '-new', '-force_pubkey', file('82.pub'), '-subj', '/CN=Li Na', '-days', '30'],
              ...['-extfile', file('82.ext')],
              ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-outform', 'DER', '-out', file('82.der')],
            ]);
            must(await session.writeCertificate('82', readFileSync(file('82.der'))));
            return session.putObject(keyHistoryObject, encodeKeyHistory(1));
          }),
        );
        await signsAndVerifies('82', '05');
        const objects = await tool('pkcs11-tool', '--module', module, '-O');
        expect(objects).toMatch(/Certificate for PIV Authentication/);
        expect(objects).toMatch(/Retired Certificate for Key Management 1/);
        await tool(
          'yubico-piv-tool',
          '-r',
          'Virtual',
          '-a',
          'read-certificate',
          '-s',
          '82',
          '-o',
          file('82.read'),
        );
        const other = ['verify', '-CAfile', file('ca.pem'), file('82.read')];
        expect((await run('openssl', other)).stdout).toMatch(/OK/);
        // Its key opens TLS too; who it is, this bank does not know.
        expect(await tlsSession('82', '05')).toMatchObject({ fault: { code: 'certificate-unknown' } });
        // What lies in 9A is as it was.
        await signsAndVerifies('9a', '01');
        expect(must(await tlsSession('9a', '01'))).toMatchObject({ customerId, cardId });
      });
    });

    describe('with its chain of one-time passwords', () => {
      it('holds the keys itself, and gives none of them away', async () => {
        const names = card.state.oath.credentials.map(({ name }) => Buffer.from(name, 'hex').toString());
        expect(names).toEqual([`cw:${cardId}`, `cw:${cardId}:b`]);
        expect(await chainRows()).toBe(1);
        expect(must(await usePipe((pipe) => openCardChain(pipe, 'CW-AAAA-BBBB-CCCC')))).toBeUndefined();
      });

      it('signs in with a one-time password and pays with a second one', async () => {
        await signIn();
        const form = await browser.get('/transfer');
        const field = (name: string) =>
          new RegExp(`name="${name}"\\s+value="([^"]+)"`).exec(form.text)?.[1] ?? '';
        const placed = await browser.post(
          '/transfer',
          {
            ...{ payer: '1', memo: 'rent', payee: '6230 5810 0002 0034 561', payeeName: '王建国' },
            ...{ amount: '128.50', orderId: field('orderId'), csrf: field('csrf') },
          },
          { Origin: bank.server.portalOrigin },
        );
        expect(placed.status).toBe(303);
        const at = await terminal();
        const { order, challenge } = must(await at.ask(cardPin));
        expect(order).toMatchObject({ payeeName: '王建国', amount: 12_850 });
        const outcome = must(await at.confirm(cardPin, order!, challenge));
        expect(outcome).toMatchObject({ state: 'booked' });
        const receipt = (await browser.get(String(placed.headers.location))).text;
        expect(receipt).toContain(transferWordsIn.en.receipt.title);
        // One state is on the card, and it says how far the chain is.
        const states = card.state.oath.credentials.filter(({ name }) =>
          Buffer.from(name, 'hex').toString().includes('|'),
        );
        expect(states).toHaveLength(1);
      });

      it('goes on after an answer that was lost, and after a pull between two writes', async () => {
        const at = await terminal();
        const { challenge } = must(await at.ask(cardPin));
        must(await at.logIn(cardPin, challenge)); // never sent
        await signIn();
        // The old state beside the new one, as a card that was pulled in between has it.
        const { credentials } = card.state.oath;
        const before = structuredClone(credentials);
        await signIn();
        const kept = credentials.map(({ name }) => name);
        card.state.oath.credentials.push(...before.filter(({ name }) => !kept.includes(name)));
        await signIn();
      });

      it('takes a challenge once, and the card answers none that is not the bank’s', async () => {
        const at = await terminal();
        const { challenge } = must(await at.ask(cardPin));
        must(await at.logIn(cardPin, challenge));
        expect(await at.logIn(cardPin, challenge)).toEqual(fail('challenge-unknown'));
        expect(await at.logIn(cardPin, { ...challenge!, text: 'pay', serial: 99 })).toEqual(
          fail('bank-untrusted'),
        );
      });

      it('a copied card is noticed, whichever of the two goes on, and the card is suspended', async () => {
        const copy = virtualBankCard({ store: memoryCardStore(store.load()) });
        const useCopy: UsePipe = (work) =>
          work(openPipe({ transmit: async (one) => ok(copy.transmit(one)) }));
        await signIn();
        const at = await terminal(useCopy);
        const { challenge } = must(await at.ask(cardPin));
        const assertion = must(await at.logIn(cardPin, challenge));
        expect(JSON.parse(assertion.payload)).toMatchObject({ otp: { alarm: true } });
        await browser.login(assertion);
        expect((await bank.client().must('readCard', { cardId })).card.state).toBe('suspended');
      });

      it('ends with the card: wiped, nothing of it is left on the card or at the bank', async () => {
        const station = await newStation();
        const technician = await station.window('technician');
        const { name: reader } = pcscd.readers[0]!;
        const { runId } = must(await technician.call('reprovision.wipe', { reader, reason: 'superseded' }));
        expect(inWords(await settled(technician, runId))).toBe('completed done');
        await station.stop();
        expect(await chainRows()).toBe(0);
        expect(card.state.oath.credentials).toEqual([]);
      });
    });
  },
);
