import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SealedSecret } from '../../../electron/shared/bank-api/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { checkPin, reservation } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});

afterAll(() => bank.stop());

const accountOf = (customerId: string): string =>
  bank.customers.find((each) => each.customerId === customerId)!.accounts[0]!.number;

const tryPin = async (customerId: string, pin: string, key = randomUUID(), sealed?: SealedSecret) => {
  const answer = await client.call(
    'checkAccountPin',
    { customerId },
    {
      account: accountOf(customerId),
      pin: sealed ?? (await client.seal('account-pin', customerId, pin)),
      officerId: 'teller-1',
    },
    key,
  );
  return answer.ok ? 'right' : `${answer.problem.fault.code} ${String(answer.problem.fault.data.triesLeft)}`;
};

describe('the account PIN', () => {
  it('is counted, also across a restart of the bank, and the third wrong one blocks', async () => {
    expect(await tryPin('C-100001', '000000')).toBe('account-pin-wrong 2');
    await bank.restart();
    client = bank.client();
    expect(await tryPin('C-100001', '000000')).toBe('account-pin-wrong 1');
    await bank.restart();
    client = bank.client();
    expect(await tryPin('C-100001', '000000')).toBe('account-pin-blocked 0');
    expect(await tryPin('C-100001', bank.trainingSecrets['C-100001']!.accountPin)).toBe(
      'account-pin-blocked 0',
    );
  });

  it('starts from three again after a right one', async () => {
    const right = bank.trainingSecrets['C-100002']!.accountPin;
    expect(await tryPin('C-100002', '111111')).toBe('account-pin-wrong 2');
    expect(await tryPin('C-100002', '111111')).toBe('account-pin-wrong 1');
    expect(await tryPin('C-100002', right)).toBe('right');
    expect(await tryPin('C-100002', '111111')).toBe('account-pin-wrong 2');
    expect(await tryPin('C-100002', right)).toBe('right');
  });

  it('is counted once when the same request is sent again', async () => {
    const key = randomUUID();
    const sealed = await client.seal('account-pin', 'C-100003', '222222');
    expect(await tryPin('C-100003', '', key, sealed)).toBe('account-pin-wrong 2');
    expect(await tryPin('C-100003', '', key, sealed)).toBe('account-pin-wrong 2');
    expect(await tryPin('C-100003', '222222')).toBe('account-pin-wrong 1');
  });

  it('opens once: a kept envelope is worth nothing under another key', async () => {
    const right = bank.trainingSecrets['C-100004']!.accountPin;
    const sealed = await client.seal('account-pin', 'C-100004', right);
    expect(await tryPin('C-100004', '', randomUUID(), sealed)).toBe('right');
    expect(await tryPin('C-100004', '', randomUUID(), sealed)).toBe('envelope-unreadable undefined');
  });

  it('is bound to its customer and its purpose, and anything but six digits is not a try', async () => {
    const right = bank.trainingSecrets['C-100004']!.accountPin;
    const forOther = await client.seal('account-pin', 'C-100005', right);
    const asPassword = await client.seal('login-password', 'C-100004', right);
    const long = await client.seal('account-pin', 'C-100004', '1234567');
    for (const sealed of [forOther, asPassword, long])
      expect(await tryPin('C-100004', '', randomUUID(), sealed)).toBe('envelope-unreadable undefined');
    expect(await tryPin('C-100004', '000000')).toBe('account-pin-wrong 2');
  });

  it('cannot be tried more often by trying at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => tryPin('C-100006', `00000${String(index)}`)),
    );
    expect(answers.filter((each) => each.startsWith('account-pin-wrong'))).toHaveLength(2);
    expect(answers.filter((each) => each === 'account-pin-blocked 0')).toHaveLength(6);
  });

  it('stays shut when the power went between the third count and the block', async () => {
    const database = new BetterSqlite3(join(bank.dataFolder, 'bank.sqlite'));
    database
      .prepare('update accounts set pin_failures = 3, pin_blocked = 0 where customer_id = ?')
      .run('C-100011');
    database.close();
    const right = bank.trainingSecrets['C-100011']!.accountPin;
    expect(await tryPin('C-100011', right)).toBe('account-pin-blocked 0');
  });

  describe('whose bank was killed before it answered', () => {
    const inBooks = (work: (database: BetterSqlite3.Database) => void) => {
      const database = new BetterSqlite3(join(bank.dataFolder, 'bank.sqlite'));
      work(database);
      database.close();
    };
    const forget = (key: string) =>
      inBooks((database) =>
        expect(database.prepare('delete from idempotency where idempotency_key = ?').run(key).changes).toBe(
          1,
        ),
      );

    it('is the same try when it comes again, and not counted again', async () => {
      const key = randomUUID();
      const sealed = await client.seal('account-pin', 'C-100009', '333333');
      for (let round = 0; round < 4; round += 1) {
        expect(await tryPin('C-100009', '', key, sealed)).toBe('account-pin-wrong 2');
        forget(key);
      }
      expect(await tryPin('C-100009', '333333')).toBe('account-pin-wrong 1');
    });
    it('is answered although it was the third, and it starts from three again', async () => {
      const key = randomUUID();
      const right = bank.trainingSecrets['C-100009']!.accountPin;
      const sealed = await client.seal('account-pin', 'C-100009', right);
      expect(await tryPin('C-100009', '', key, sealed)).toBe('right');
      forget(key);
      inBooks((database) =>
        database.prepare('update accounts set pin_failures = 3 where customer_id = ?').run('C-100009'),
      );
      expect(await tryPin('C-100009', '', key, sealed)).toBe('right');
      expect(await tryPin('C-100009', '444444')).toBe('account-pin-wrong 2');
    });
    it('is worth nothing under another key', async () => {
      const key = randomUUID();
      const right = bank.trainingSecrets['C-100009']!.accountPin;
      const sealed = await client.seal('account-pin', 'C-100009', right);
      expect(await tryPin('C-100009', '', key, sealed)).toBe('right');
      forget(key);
      expect(await tryPin('C-100009', '', randomUUID(), sealed)).toBe('envelope-unreadable undefined');
    });
  });

  it('says by name what else stands in the way', async () => {
    expect(await tryPin('C-100012', '864197')).toBe('customer-blocked undefined');
    expect(await tryPin('C-100013', '137035')).toBe('account-pin-blocked 0');
    const pin = await client.seal('account-pin', 'C-100005', '141421');
    const body = { account: accountOf('C-100001'), pin, officerId: 'teller-1' };
    expect(await client.call('checkAccountPin', { customerId: 'C-100005' }, body)).toMatchObject({
      problem: { fault: { code: 'account-unknown' } },
    });
    expect(await client.call('checkAccountPin', { customerId: 'C-9' }, body)).toMatchObject({
      problem: { status: 404, fault: { code: 'customer-unknown' } },
    });
  });
});

describe('a reservation', () => {
  it('needs a PIN check of this customer, ten minutes old at most, used once', async () => {
    const body = await reservation(bank, client, 'C-100007');
    const foreign = await checkPin(bank, client, 'C-100008');
    const refusal = async (pinCheckId: string) => {
      const answer = await client.call('reserveCard', {}, { ...body, pinCheckId });
      return answer.ok ? 'reserved' : answer.problem.fault.code;
    };
    expect(await refusal(foreign)).toBe('pin-check-expired');
    expect(await refusal('none')).toBe('pin-check-expired');
    bank.advance(601);
    expect(await refusal(body.pinCheckId)).toBe('pin-check-expired');
    const fresh = await checkPin(bank, client, 'C-100007');
    const reserved = await client.must('reserveCard', {}, { ...body, pinCheckId: fresh });
    const elsewhere = { ...body.medium, kind: 'sim' as const, identity: 'test|another' };
    expect(
      await client.call('reserveCard', {}, { ...body, pinCheckId: fresh, medium: elsewhere }),
    ).toMatchObject({ problem: { fault: { code: 'pin-check-expired' } } });

    // The answer was lost, the station started again and the customer typed the password anew.
    const retyped = await client.seal('login-password', 'C-100007', 'figs-in-september');
    const again = await client.must(
      'reserveCard',
      {},
      { ...body, pinCheckId: fresh, loginPassword: retyped },
    );
    expect(again.card.cardId).toBe(reserved.card.cardId);
    expect(again.enrolment).toEqual(reserved.enrolment);
  });

  it('refuses a weak login password and keeps the PIN check for the next one', async () => {
    const body = await reservation(bank, client, 'C-100009');
    const withPassword = async (password: string) => {
      const loginPassword = await client.seal('login-password', 'C-100009', password);
      const answer = await client.call('reserveCard', {}, { ...body, loginPassword });
      return answer.ok
        ? 'reserved'
        : `${answer.problem.fault.code}: ${String(answer.problem.fault.data.reason)}`;
    };
    expect(await withPassword('short')).toBe('login-password-weak: too-short');
    expect(await withPassword('x'.repeat(65))).toBe('login-password-weak: too-long');
    expect(await withPassword('my-peishan.lin-1')).toBe('login-password-weak: contains-login-name');
    expect(await withPassword('Password123!')).toBe('login-password-weak: too-common');
    expect(await withPassword('abababababab')).toBe('login-password-weak: too-simple');
    expect(await withPassword('23456789')).toBe('login-password-weak: too-simple');
    expect(await withPassword('九点的港口灯光很亮')).toBe('reserved');
  });

  it('refuses another document than the one on file, and one that has run out', async () => {
    const body = await reservation(bank, client, 'C-100010');
    const other = {
      ...body,
      identityDecision: { documentNumber: 'X1234567', differences: [], accepted: true as const },
    };
    expect(await client.call('reserveCard', {}, other)).toMatchObject({
      problem: { fault: { code: 'identity-refused', data: { reason: 'document-number' } } },
    });
    expect(await client.call('reserveCard', {}, await reservation(bank, client, 'C-100014'))).toMatchObject({
      problem: { fault: { code: 'identity-refused', data: { reason: 'document-expired' } } },
    });
  });
});

describe('what the bank keeps', () => {
  it('holds no PIN and no password in its files', async () => {
    const marks = Object.values(bank.trainingSecrets).flatMap((each) => [
      each.accountPin,
      each.suggestedLoginPassword,
    ]);
    await bank.restart(); // so that everything is in the files
    client = bank.client();
    const files = readdirSync(bank.dataFolder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) {
      const content = readFileSync(join(file.parentPath, file.name)).toString('latin1');
      // six digits occur in hashes and times by chance; with quotes or as a whole value they would not
      for (const mark of marks.filter((each) => each.length > 6)) expect(content).not.toContain(mark);
      for (const pin of marks.filter((each) => each.length === 6)) expect(content).not.toContain(`"${pin}"`);
    }
  });
});
