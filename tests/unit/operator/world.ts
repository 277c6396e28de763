import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { pino } from 'pino';
import {
  admitOfficer,
  admitOperator,
  createOperatorTables,
  deliverKeys,
  enterSeed,
  nextSeed,
  nodePrimitives,
  operatorSettings,
  seedStatement,
  type OperatorChannel,
  type OperatorCustomers,
  type OperatorDesk,
  type OperatorTables,
} from '../../../electron/bank-server/operator/index.ts';
import { receiveTransaction } from '../../../electron/bank-server/operator/receive-transaction.ts';
import { registerSubscriber } from '../../../electron/bank-server/operator/register-subscriber.ts';
import {
  createLedgerTables,
  openLedger,
  receiptSigner,
  type LedgerTables,
} from '../../../electron/bank-server/transactions/index.ts';
import type { BankLink } from '../../../electron/operator-platform/bank-link/bank-link.ts';
import { nodePrimitives as operatorPrimitives } from '../../../electron/operator-platform/keys/primitives.ts';
import { receiveKeyMessage } from '../../../electron/operator-platform/keys/receive-key-message.ts';
import { platformSettings, type Operator } from '../../../electron/operator-platform/operator.ts';
import { admitSubscribers } from '../../../electron/operator-platform/registration/admit-subscribers.ts';
import { openStore } from '../../../electron/operator-platform/store/open-store.ts';
import { atRest, type KeyForm } from '../../../electron/shared/codec/operator-keys/index.ts';
import {
  keyMessageReply,
  registrationPath,
  type KeyMessage,
} from '../../../electron/shared/operator-api/index.ts';
import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';

export const li = { imsi: '460001234567890', phoneNumber: '+8613800100001', account: '6230581000010012345' };
export const wang = {
  imsi: '460001234567891',
  phoneNumber: '+8613800100002',
  account: '6230581000020033018',
};
export const stranger = { imsi: '460009999999999', phoneNumber: '+8613900000000' };
export const pin = '314159';
const savings = '6230581000010099017';

export const silent = pino({ level: 'silent' });

export const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

export interface Clock {
  now: Date;
  after(seconds: number): void;
}

export const newClock = (): Clock => ({
  now: new Date('2026-03-04T05:06:07.000Z'),
  after(seconds) {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  },
});

/** Two customers, three accounts, PINs that block after the third wrong one. */
export const fakeCustomers = (): OperatorCustomers & { pinChecks: number; names: Map<string, string> } => {
  const failures = new Map<string, number>();
  const owners = new Map([
    [li.account, 'C-1'],
    [savings, 'C-1'],
    [wang.account, 'C-2'],
  ]);
  return {
    pinChecks: 0,
    names: new Map([
      ['C-1', '李娜'],
      ['C-2', '王建国'],
    ]),
    async findByPhone(phoneNumber) {
      if (phoneNumber === li.phoneNumber) return { customerId: 'C-1', blocked: false };
      if (phoneNumber === wang.phoneNumber) return { customerId: 'C-2', blocked: false };
      return phoneNumber === '+8613800100003' ? { customerId: 'C-3', blocked: true } : undefined;
    },
    async findAccount(account) {
      const customerId = owners.get(account);
      return customerId === undefined
        ? undefined
        : { customerId, name: this.names.get(customerId) ?? '', currency: 'CNY' };
    },
    async checkPin(account, given) {
      this.pinChecks += 1;
      const before = failures.get(account) ?? 0;
      if (before >= 3) return fail('account-pin-blocked', { triesLeft: 0 });
      if (given === pin) {
        failures.set(account, 0);
        return ok();
      }
      failures.set(account, before + 1);
      return before === 2
        ? fail('account-pin-blocked', { triesLeft: 0 })
        : fail('account-pin-wrong', { triesLeft: 2 - before });
    },
  };
};

export const receiptKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

type DeskTables = OperatorTables & LedgerTables;

const inMemory = (): Kysely<DeskTables> =>
  new Kysely({ dialect: new SqliteDialect({ database: new BetterSqlite3(':memory:') }) });

export const newDesk = async (
  clock: Clock,
  channel: OperatorChannel,
  bankId = 'bank-1',
  db: Kysely<DeskTables> = inMemory(),
) => {
  await createOperatorTables(db as Kysely<unknown>);
  await createLedgerTables(db as Kysely<unknown>);
  const ledger = openLedger({
    db,
    bankId,
    signer: receiptSigner(receiptKeys.privateKey),
    clock: () => clock.now,
  });
  const account = { currency: 'CNY', floor: 0, transferLimit: 50_000_00, dayLimit: null };
  await ledger.open({ ...account, accountNumber: li.account, openingBalance: 10_000_00 });
  await ledger.open({ ...account, accountNumber: savings, openingBalance: 0 });
  await ledger.open({ ...account, accountNumber: wang.account, openingBalance: 500_00 });
  const primitives = nodePrimitives();
  const customers = fakeCustomers();
  const desk: OperatorDesk = {
    bankId,
    db,
    primitives,
    atRest: atRest(primitives, randomBytes(32)),
    ledger,
    customers,
    channel,
    clock: () => clock.now,
    log: silent,
    settings: operatorSettings,
  };
  return { desk, customers, ledger };
};

/** Employees of the bank with their signing keys. */
export const newOfficer = (officerId: string, key?: KeyObject) => {
  const pair = key ? undefined : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const privateKey = key ?? pair!.privateKey;
  return {
    officerId,
    privateKey,
    publicKey: pair?.publicKey.export({ type: 'spki', format: 'der' }).toString('base64') ?? '',
    sign: (statement: Uint8Array) => sign('sha256', statement, privateKey),
  };
};
export type TestOfficer = ReturnType<typeof newOfficer>;

export interface Traffic {
  /** Changes the bank's answer on its way. */
  change?: ((reply: unknown) => unknown) | undefined;
  /** Answers instead of the bank; undefined lets it through. */
  before?: ((path: string, body: unknown) => Failed | undefined) | undefined;
  /** Loses the bank's answer. */
  after?: ((path: string, body: unknown) => Failed | undefined) | undefined;
}

export interface World {
  readonly clock: Clock;
  readonly desk: OperatorDesk;
  readonly customers: ReturnType<typeof fakeCustomers>;
  readonly operator: Operator;
  readonly traffic: Traffic;
  /** Everything that went to the bank. */
  readonly sent: { path: string; body: unknown }[];
  readonly keyTraffic: {
    before?: ((message: KeyMessage) => Failed | undefined) | undefined;
    after?: (() => Failed | undefined) | undefined;
  };
  readonly keyMessages: KeyMessage[];
  readonly officers: readonly [TestOfficer, TestOfficer, TestOfficer];
  /** Both employees enter fresh seeds and everything is delivered. */
  newEpoch(): Promise<void>;
  enter(officer: TestOfficer, seed?: Uint8Array): Promise<Result<void>>;
  balance(account: string): Promise<number>;
  close(): Promise<void>;
}

/** A bank and an operator that reach each other without a network. */
export const newWorld = async (form: KeyForm, db?: Kysely<DeskTables>): Promise<World> => {
  const clock = newClock();
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-operator-'));
  const traffic: Traffic = {};
  const keyTraffic: World['keyTraffic'] = {};
  const sent: World['sent'] = [];
  const keyMessages: KeyMessage[] = [];
  const staticKey = randomBytes(32);

  const channel: OperatorChannel = {
    async send(_row, message) {
      const wire = JSON.parse(JSON.stringify(message));
      keyMessages.push(wire);
      const lost = keyTraffic.before?.(wire);
      if (lost) return lost;
      const reply = await receiveKeyMessage(operator, 'bank-1', wire);
      const lostReply = keyTraffic.after?.();
      if (lostReply) return lostReply;
      return reply.ok ? ok(keyMessageReply.parse(JSON.parse(JSON.stringify(reply.value)))) : reply;
    },
  };
  const { desk, customers, ledger } = await newDesk(clock, channel, 'bank-1', db);
  const link: BankLink = {
    async post(_bank, path, body, schema) {
      const wire: unknown = JSON.parse(JSON.stringify(body));
      sent.push({ path, body: wire });
      const lost = traffic.before?.(path, wire);
      if (lost) return lost;
      const receive = path === registrationPath ? registerSubscriber : receiveTransaction;
      const reply: Result<unknown> = await receive(desk, 'operator-1', wire);
      const lostReply = traffic.after?.(path, wire);
      if (lostReply) return lostReply;
      if (!reply.ok) return reply;
      const answer: unknown = JSON.parse(JSON.stringify(reply.value));
      return ok(schema.parse(traffic.change ? traffic.change(answer) : answer));
    },
  };
  const primitives = operatorPrimitives();
  const operator: Operator = {
    operatorId: 'operator-1',
    name: '远帆移动',
    nameLatin: 'Farsail Mobile',
    db: valueOf(await openStore(join(folder, 'operator.sqlite'))),
    primitives,
    atRest: atRest(primitives, randomBytes(32)),
    banks: new Map([
      [
        'bank-1',
        {
          bankId: 'bank-1',
          name: '青屿银行',
          nameLatin: 'Qingyu Bank',
          form,
          origin: 'https://bank.invalid',
          staticKey,
          trusted: '',
          clientSha256: '',
        },
      ],
    ]),
    link,
    clock: () => clock.now,
    log: silent,
    settings: platformSettings,
  };
  await admitSubscribers(
    operator,
    [li, wang, stranger].map(({ imsi, phoneNumber }) => ({
      imsi,
      phone_number: phoneNumber,
      label: imsi,
      label_latin: imsi,
    })),
  );
  const officers = [newOfficer('O-1'), newOfficer('O-2'), newOfficer('O-3')] as const;
  for (const each of officers) await admitOfficer(desk, each.officerId, each.publicKey);
  valueOf(
    await admitOperator(desk, {
      operatorId: 'operator-1',
      name: '远帆移动',
      form,
      staticKey,
      certificateSha256: 'ab'.repeat(32),
      keyChannel: 'https://operator.invalid',
    }),
  );

  const enter = async (officer: TestOfficer, seed: Uint8Array = randomBytes(32)): Promise<Result<void>> => {
    const order = await nextSeed(desk, 'operator-1');
    if (!order.ok) return order;
    const signature = officer.sign(seedStatement('bank-1', 'operator-1', order.value, seed));
    const { officerId } = officer;
    return enterSeed(desk, { operatorId: 'operator-1', order: order.value, seed, officerId, signature });
  };
  return {
    clock,
    desk,
    customers,
    operator,
    traffic,
    sent,
    keyTraffic,
    keyMessages,
    officers,
    enter,
    async newEpoch() {
      valueOf(await enter(officers[0]));
      valueOf(await deliverKeys(desk, 'operator-1'));
      valueOf(await enter(officers[1]));
      valueOf(await deliverKeys(desk, 'operator-1'));
    },
    async balance(account) {
      return valueOf(await ledger.balance(account)).balance;
    },
    async close() {
      await operator.db.destroy();
      await desk.db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
