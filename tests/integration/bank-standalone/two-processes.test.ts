import { generateKeyPairSync, createPublicKey, createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { wordsIn } from '../../../electron/bank-server/portal/words.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { serveBank } from '../../../electron/bank-server/standalone/serve-bank.ts';
import { setUpBank } from '../../../electron/bank-server/standalone/set-up-bank.ts';
import {
  readStandaloneOptions,
  type StandaloneOptions,
} from '../../../electron/bank-server/standalone/standalone-options.ts';
import {
  trainingOfficerPin,
  trainingSubscribers,
} from '../../../electron/bank-server/training/equip-training-operator.ts';
import { findOutsideBank, readOutsideBank } from '../../../electron/launch/outside-bank.ts';
import type { OperatorOptions } from '../../../electron/operator-platform/operator-options.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { signAssertion } from '../../harness/portal-client.ts';
import { softPhone, type SoftPhone } from '../../harness/soft-phone.ts';
import { startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { counter, goOn, must, startIssuance, startTestStation } from '../../harness/start-station.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import { enterSeedAs } from '../../harness/training-officer.ts';
import { newIdentity } from '../operator/certificates.ts';
import { newPhone } from '../operator/phone.ts';
import { freePort } from '../../harness/free-ports.ts';

const postgres = await startPostgres();
if ('skipped' in postgres) {
  it.skip(`two processes over one PostgreSQL: ${postgres.skipped}`, () => {});
} else {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-two-'));
  const inFolder = (name: string) => join(folder, name);
  const secretFile = (name: string, content: string): string => {
    writeFileSync(inFolder(name), content, { mode: 0o600 });
    return inFolder(name);
  };
  const bankId = 'two-banks';
  const portalOrigin = 'https://127.0.0.1:29446';
  let processes: ServingProcess[] = [];
  let database: Client;
  let station: BankClient;
  let ca: string;
  let asBank: TestBank;
  let args: string[];
  let operatorIdentity: Awaited<ReturnType<typeof newIdentity>>;
  let bankSha256: string;
  let keyPort: number;
  let early: Awaited<ReturnType<typeof serveBank>>;

  const log = bankLog('silent');
  const optionsOf = (...command: string[]): StandaloneOptions => {
    const read = readStandaloneOptions([...command, ...args]);
    if (!read.ok) throw new Error(read.errors.join('; '));
    return read.options;
  };
  /** The bank's own commands, in this process: only what serves is a program of its own here. */
  const run = async (...command: string[]): Promise<Record<string, unknown>> =>
    must(await runCommand(optionsOf(...command), log)) as Record<string, unknown>;

  beforeAll(async () => {
    const url = await postgres.newDatabase();
    args = ['--database', url, '--data', inFolder('bank'), '--log-level', 'error'];
    const setUp = optionsOf(
      'set-up',
      ...['--bank-id', bankId, '--bank-name', 'Two Banks', '--training', '--portal-origin', portalOrigin],
      ...['--station-folder', inFolder('station')],
    );
    must(await setUpBank(setUp, log));
    const serve = [...args, '--operator-gateway', '127.0.0.1:0', '--operator-seeds', '127.0.0.1:0'];
    const anyPort = ['--api', '127.0.0.1:0', '--portal', '127.0.0.1:0', '--operations', '127.0.0.1:0'];
    early = await serveBank(optionsOf('serve', ...serve.slice(args.length), ...anyPort), log);
    keyPort = await freePort();
    operatorIdentity = await newIdentity('operator');
    secretFile('static-key', randomBytes(32).toString('hex'));
    secretFile('operator.pem', operatorIdentity.certificate);
    const agreement = {
      name: '远帆移动',
      form: 'asymmetric',
      keyChannel: `https://127.0.0.1:${keyPort}`,
      certificateFile: 'operator.pem',
      staticKeyFile: 'static-key',
    };
    const admitted = await run(
      'admit-operator',
      'farsail',
      '--agreement',
      secretFile('agreement.json', JSON.stringify(agreement)),
    );
    bankSha256 = String(admitted.bankSha256);
    for (const officer of ['E-1', 'E-2'])
      await run('admit-officer', officer, '--public-key', employeeCard(inFolder(officer), officer));
    processes = await Promise.all([startBankProcess(serve), startBankProcess(serve)]);
    database = new Client({ connectionString: url });
    await database.connect();
    ca = readFileSync(inFolder('station/bank-ca.pem'), 'utf8');
    station = bankClient(processes[0]!.apiOrigin, inFolder('station'));
    asBank = {
      customers: trainingCustomers,
      trainingSecrets,
      stationFolder: inFolder('station'),
      server: { bankId, portalOrigin },
      now: () => new Date(),
    } as unknown as TestBank;
  }, 300_000); // a limit against hanging, not a measure
  afterAll(async () => {
    station.close();
    await database.end();
    await Promise.all(processes.map((each) => each.kill('SIGTERM')));
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('issues a card at a station that was pointed at it by its settings', async () => {
    const data = inFolder('data');
    mkdirSync(data);
    const { apiOrigin: origin } = processes[1]!;
    writeFileSync(
      join(data, 'bank.json'),
      JSON.stringify({ origin, credentialsFolder: inFolder('station') }),
    );
    const found = must(await findOutsideBank(must(readOutsideBank(data))!));
    expect(found).toMatchObject({ bankId, portalOrigin });
    const pointedAt = {
      ...asBank,
      server: { ...asBank.server, apiOrigin: found.apiOrigin },
      stationFolder: found.credentialsFolder,
    } as TestBank;
    const folderOfStation = inFolder('branch');
    mkdirSync(folderOfStation);
    const branch = await startTestStation({
      bank: pointedAt,
      folder: folderOfStation,
      counter: counter(folderOfStation),
    });
    const { runId } = must(await startIssuance(branch, pointedAt, 'C-100003'));
    const view = await goOn(branch, pointedAt, runId, 'sim');
    expect(view.state).toMatchObject({ kind: 'completed', outcome: 'done' });
    await branch.stop();
    const { cards } = await station.must('findCards', { customerId: 'C-100003' });
    expect(cards.map(({ state }) => state)).toEqual(['active']);
  });

  describe('a chain of one-time passwords, asked at two processes at once', () => {
    let card: IssuedCard;
    const phones: SoftPhone[] = [];
    beforeAll(async () => {
      card = await issueCard(asBank, station, 'C-100001', { chained: true });
      const storage = new Map<string, string>();
      for (const { portalOrigin: at } of processes) phones.push(await softPhone(asBank, card, storage, at));
    });
    afterAll(() => {
      for (const each of phones) each.close();
    });
    const refused = wordsIn.en.refusals['challenge-unknown'].happened;
    const isIn = (text: string): boolean => text.includes(wordsIn.en.password.title);
    const state = async () => (await station.must('readCard', { cardId: card.cardId })).card.state;

    it('takes an answer that comes to both exactly once, and the phone can go on', async () => {
      for (let turn = 0; turn < 12; turn += 1) {
        const { challenge } = await phones[turn % 2]!.ask();
        const otp = await phones[turn % 2]!.answer(challenge!);
        // Two messages with the one answer, so that only the chain can tell them apart.
        const answers = await Promise.all(
          phones.map((phone) => phone.browser.login(signAssertion(asBank, card, { payload: { otp } }))),
        );
        expect(answers.filter(({ text }) => isIn(text))).toHaveLength(1);
        expect(answers.filter(({ text }) => text.includes(refused))).toHaveLength(1);
      }
      expect(await state()).toBe('active');
      await phones[1]!.signIn(trainingSecrets['C-100001']!.suggestedLoginPassword);
    });

    it('lets the later of two challenges stand, and is neither forked nor locked', async () => {
      for (let turn = 0; turn < 6; turn += 1) {
        const asked = await Promise.all(phones.map((phone) => phone.ask()));
        const statuses: boolean[] = [];
        for (const [at, { challenge }] of asked.entries()) {
          const otp = await phones[at]!.answer(challenge!);
          if (otp === undefined) continue; // the phone itself sees that the challenge is not the next one
          const { text } = await phones[at]!.browser.login(signAssertion(asBank, card, { payload: { otp } }));
          statuses.push(isIn(text));
        }
        expect(statuses.filter(Boolean).length).toBeLessThanOrEqual(1);
        await phones[0]!.signIn(trainingSecrets['C-100001']!.suggestedLoginPassword);
      }
      expect(await state()).toBe('active');
    });

    it('counts one wrong answer that comes to both once', async () => {
      const { challenge } = await phones[0]!.ask();
      const otp = (await phones[0]!.answer(challenge!))!;
      const wrong = { ...otp, otp: otp.otp === '00000000' ? '11111111' : '00000000' };
      const texts = await Promise.all(
        phones.map(
          async (phone) =>
            (await phone.browser.login(signAssertion(asBank, card, { payload: { otp: wrong } }))).text,
        ),
      );
      expect(texts.filter((text) => text.includes(refused))).toHaveLength(1);
      expect(texts.filter(isIn)).toEqual([]);
      await phones[1]!.signIn(trainingSecrets['C-100001']!.suggestedLoginPassword);
      expect(await state()).toBe('active');
    });
  });

  describe('the operators’ room of two processes', () => {
    let platform: ChildProcess;
    let balancer: Server;
    let phoneOrigin: string;
    let turn = 0;
    const subscriber = trainingSubscribers[0]!;
    const [li, wang] = [trainingCustomers[0]!, trainingCustomers[1]!];
    const digits = (text: string) => text.replaceAll(' ', '');
    const balance = async (account: string): Promise<number> => {
      const { rows } = await database.query<{ balance: string }>(
        'select balance from ledger_accounts where account_number = $1',
        [digits(account)],
      );
      return Number(rows[0]!.balance);
    };

    beforeAll(async () => {
      // What shares out the operator's connections: every one to the other process.
      balancer = createServer((socket) => {
        const origin = processes[turn++ % 2]!.gatewayOrigin!;
        const onward = connect(Number(new URL(origin).port), '127.0.0.1');
        socket.pipe(onward).pipe(socket);
        for (const each of [socket, onward]) each.on('error', () => each.destroy());
      });
      balancer.listen(0, '127.0.0.1');
      await once(balancer, 'listening');
      const options: OperatorOptions = {
        dataFolder: inFolder('operator'),
        operatorId: 'farsail',
        name: '远帆移动',
        nameLatin: 'Farsail Mobile',
        training: true,
        bankPort: keyPort,
        identity: {
          keyFile: secretFile('operator.key.pem', operatorIdentity.key),
          certificateFile: inFolder('operator.pem'),
        },
        banks: [
          {
            bankId,
            name: '两家银行',
            nameLatin: 'Two Banks',
            form: 'asymmetric',
            origin: `https://127.0.0.1:${(balancer.address() as AddressInfo).port}`,
            staticKeyFile: inFolder('static-key'),
            trustFile: inFolder('station/bank-ca.pem'),
            clientSha256: bankSha256,
          },
        ],
        subscribers: [...trainingSubscribers],
        logLevel: 'error',
      };
      platform = fork(
        fileURLToPath(new URL('../../../electron/operator-platform/program.ts', import.meta.url)),
      );
      platform.send(options);
      const [ready] = (await once(platform, 'message')) as [{ kind: string; phoneOrigin: string }];
      expect(ready).toMatchObject({ kind: 'ready' });
      phoneOrigin = ready.phoneOrigin;
    });
    afterAll(async () => {
      const gone = once(platform, 'exit');
      platform.send({ kind: 'stop' });
      await gone;
      balancer.close();
    });

    it('takes the two seeds at one process each, and a transfer step by step at both', async () => {
      const enter = (at: number, officer: string) =>
        enterSeedAs(processes[at]!.seedOrigin!, ca, inFolder(`${officer}/card.json`), randomBytes(32));
      expect(await enter(0, 'E-1')).toMatchObject({ status: 200, delivered: true });
      expect(await enter(1, 'E-1')).toMatchObject({ reason: 'same-officer' });
      expect(await enter(1, 'E-2')).toMatchObject({ status: 200, delivered: true });

      const phone = newPhone(phoneOrigin, operatorIdentity.certificate);
      await phone.open('/');
      await phone.submit('/sim', { imsi: subscriber.imsi });
      await phone.open(`/register/${bankId}`);
      await phone.submit(`/register/${bankId}`, { number: subscriber.phoneNumber });
      expect(phone.page.text).toContain('本机已登记');
      const [from, to] = [await balance(li.accounts[0]!.number), await balance(wang.accounts[0]!.number)];
      const step = /^\/transfers\/[\w-]+$/;
      await phone.submit('/transfers', { bank: bankId });
      await phone.submit(step, { account: wang.accounts[0]!.number });
      const { accountPin } = trainingSecrets[li.customerId]!;
      await phone.submit(step, { account: li.accounts[0]!.number, password: accountPin });
      await phone.submit(step, { amount: '12.34' });
      await phone.submit(step);
      expect(phone.page.text).toContain('转账成功');
      expect(await balance(wang.accounts[0]!.number)).toBe(to + 12_34);
      expect(await balance(li.accounts[0]!.number)).toBe(from - 12_34);
      expect(turn).toBeGreaterThan(3); // both processes had their share
    });

    it('is not opened before there is an agreement, and says what is missing', () => {
      expect(early).toMatchObject({
        ok: false,
        fault: { code: 'bank-setup-invalid', data: { reason: 'admit-operator' } },
      });
    });
  });

  /** An employee's card as the seed page opens it; gives the file with its public key. */
  const employeeCard = (at: string, officerId: string): string => {
    mkdirSync(at);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [salt, nonce, iterations] = [randomBytes(16), randomBytes(12), 1_000];
    const key = pbkdf2Sync(trainingOfficerPin, salt, iterations, 32, 'sha256');
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const box = Buffer.concat([
      cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const [saltText, nonceText, keyText] = [salt, nonce, box].map((each) => each.toString('base64'));
    writeFileSync(
      join(at, 'card.json'),
      JSON.stringify({ officerId, iterations, salt: saltText, nonce: nonceText, key: keyText }),
    );
    const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
    writeFileSync(join(at, 'public.pem'), pem);
    return join(at, 'public.pem');
  };
}
