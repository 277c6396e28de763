import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  admitOfficer,
  admitOperator,
  deliverKeys,
  enterSeed,
  httpsOperatorChannel,
  nextSeed,
  openOperatorGateway,
  seedStatement,
  type OperatorDesk,
} from '../../../electron/bank-server/operator/index.ts';
import type { OperatorOptions } from '../../../electron/operator-platform/operator-options.ts';
import type { OperatorPlatformMessage } from '../../../electron/operator-platform/program.ts';
import type { KeyForm } from '../../../electron/shared/codec/operator-keys/index.ts';
import { li, newClock, newDesk, newOfficer, stranger, valueOf, wang } from '../../unit/operator/world.ts';
import { newIdentity, type TestIdentity } from './certificates.ts';

export interface TestBank {
  readonly bankId: string;
  readonly desk: OperatorDesk;
  readonly identity: TestIdentity;
  readonly origin: string;
  readonly customers: Awaited<ReturnType<typeof newDesk>>['customers'];
  newEpoch(): Promise<void>;
  balance(account: string): Promise<number>;
  close(): Promise<void>;
  reopen(): Promise<void>;
}

export interface OperatorProcess {
  readonly phoneOrigin: string;
  readonly bankChannelOrigin: string;
  readonly process: ChildProcess;
  readonly stderr: () => string;
  stop(): Promise<number | null>;
}

export interface TlsWorld {
  readonly folder: string;
  readonly operatorIdentity: TestIdentity;
  readonly banks: readonly TestBank[];
  readonly options: OperatorOptions;
  start(): Promise<OperatorProcess>;
  close(): Promise<void>;
}

/** Banks and an operator as programs reach each other: real TLS, certificates on both sides. */
export const newTlsWorld = async (...forms: readonly KeyForm[]): Promise<TlsWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-operator-'));
  const operatorIdentity = await newIdentity('operator-1');
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const banks: (TestBank & { staticKey: Buffer; form: KeyForm })[] = [];
  for (const [at, form] of forms.entries())
    banks.push(await newBank(`bank-${at + 1}`, form, operatorIdentity));
  const options: OperatorOptions = {
    dataFolder: join(folder, 'data'),
    operatorId: 'operator-1',
    name: '远帆移动',
    nameLatin: 'Farsail Mobile',
    training: true,
    identity: {
      keyFile: write('operator.key.pem', operatorIdentity.key),
      certificateFile: write('operator.cert.pem', operatorIdentity.certificate),
    },
    banks: banks.map((bank) => ({
      bankId: bank.bankId,
      name: bank.bankId === 'bank-1' ? '青屿银行' : '远山银行',
      nameLatin: bank.bankId === 'bank-1' ? 'Qingyu Bank' : 'Farhill Bank',
      form: bank.form,
      origin: bank.origin,
      staticKeyFile: write(`${bank.bankId}.static-key`, bank.staticKey.toString('hex')),
      trustFile: write(`${bank.bankId}.pem`, bank.identity.certificate),
      clientSha256: bank.identity.sha256,
    })),
    subscribers: [
      { ...li, label: '李娜的手机', labelLatin: 'Li Na’s phone' },
      { ...wang, label: '王建国的手机', labelLatin: 'Wang Jianguo’s phone' },
      { ...stranger, label: '陌生号码', labelLatin: 'Unknown number' },
    ].map(({ imsi, phoneNumber, label, labelLatin }) => ({ imsi, phoneNumber, label, labelLatin })),
    logLevel: 'info',
  };
  let running: OperatorProcess | undefined;
  return {
    folder,
    operatorIdentity,
    banks,
    options,
    async start() {
      running = await startProgram(options);
      for (const bank of banks) {
        valueOf(
          await admitOperator(bank.desk, {
            operatorId: 'operator-1',
            name: '远帆移动',
            form: bank.form,
            staticKey: bank.staticKey,
            certificateSha256: operatorIdentity.sha256,
            keyChannel: running.bankChannelOrigin,
          }),
        );
      }
      return running;
    },
    async close() {
      await running?.stop();
      await Promise.all(banks.map((bank) => bank.close()));
      for (const bank of banks) await bank.desk.db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const newBank = async (bankId: string, form: KeyForm, operator: TestIdentity) => {
  const identity = await newIdentity(bankId);
  const clock = { ...newClock(), now: new Date() };
  const channel = httpsOperatorChannel({ ...identity, trusted: [operator.certificate], timeoutMs: 5_000 });
  const { desk, customers, ledger } = await newDesk(clock, channel, bankId);
  const officers = [newOfficer(`${bankId}-O-1`), newOfficer(`${bankId}-O-2`)];
  for (const each of officers) await admitOfficer(desk, each.officerId, each.publicKey);
  let gateway = await openOperatorGateway(desk, { ...identity, host: '127.0.0.1', port: 0 });
  const { origin } = gateway;
  return {
    bankId,
    desk,
    identity,
    origin,
    customers,
    form,
    staticKey: randomBytes(32),
    async newEpoch() {
      for (const officer of officers) {
        const order = valueOf(await nextSeed(desk, 'operator-1'));
        const seed = randomBytes(32);
        const signature = officer.sign(seedStatement(bankId, 'operator-1', order, seed));
        const { officerId } = officer;
        valueOf(await enterSeed(desk, { operatorId: 'operator-1', order, seed, officerId, signature }));
        valueOf(await deliverKeys(desk, 'operator-1'));
      }
    },
    balance: async (account: string) => valueOf(await ledger.balance(account)).balance,
    close: () => gateway.close(),
    async reopen() {
      gateway = await openOperatorGateway(desk, {
        ...identity,
        host: '127.0.0.1',
        port: Number(new URL(origin).port),
      });
    },
  };
};

export const startProgram = (options: unknown): Promise<OperatorProcess> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL('../../../electron/operator-platform/program.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const exited = new Promise<number | null>((done) => child.once('exit', done));
    child.once('message', (message: OperatorPlatformMessage) => {
      if (message.kind === 'failed') {
        reject(Object.assign(new Error(message.fault.code), { exited }));
        return;
      }
      resolve({
        phoneOrigin: message.phoneOrigin,
        bankChannelOrigin: message.bankChannelOrigin,
        process: child,
        stderr: () => stderr,
        stop() {
          if (child.connected) child.send({ kind: 'stop' });
          return exited;
        },
      });
    });
    child.once('exit', (code) => reject(new Error(`exit ${String(code)}: ${stderr}`)));
    child.send(options as object);
  });
