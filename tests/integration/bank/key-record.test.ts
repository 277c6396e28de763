import Database from 'better-sqlite3';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkValueOfBytes } from '../../../electron/bank-server/key-service/diversification/master-key.ts';
import type { SignedTreeHead } from '../../../electron/shared/bank-api/index.ts';
import { startStandaloneBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';

/* What happened to the bank's keys, and that nobody can have changed it: as an auditor checks it. */

interface Audit {
  readonly records: readonly string[];
  readonly head: SignedTreeHead;
  readonly keptBefore?: number;
}
interface Event {
  readonly kind: string;
  readonly subject: string;
  readonly officers: readonly string[];
}

let bank: EnrolmentBank;
beforeAll(async () => {
  bank = await startStandaloneBank(['--training'], []);
}, 60_000);
afterAll(() => bank.stop());

const audit = async (...more: string[]): Promise<Audit> =>
  (await bank.command('audit-keys', ...more)) as unknown as Audit;
const headFile = (name: string): string => join(bank.folder, name);
const events = ({ records }: Audit) => records.map((record) => JSON.parse(record) as Event);
const inWords = (audited: Audit) =>
  events(audited).map(({ subject, kind, officers }) => `${subject} ${kind} ${officers.join('+')}`);

/** Another process at the database. */
const inDatabase = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(join(bank.folder, 'bank.sqlite'));
  try {
    return work(db);
  } finally {
    db.close();
  }
};
/** Puts everything back as it was. */
const whileChanged = async (change: string, check: () => Promise<void>): Promise<void> => {
  const tables = ['key_events', 'tree_heads'];
  const before = inDatabase((db) =>
    tables.map((name) => db.prepare<[], Record<string, unknown>>(`select * from ${name}`).all()),
  );
  inDatabase((db) => db.exec(change));
  try {
    await check();
  } finally {
    inDatabase((db) => {
      for (const [at, name] of tables.entries()) {
        db.exec(`delete from ${name}`);
        for (const row of before[at]!) {
          const columns = Object.keys(row);
          db.prepare(
            `insert into ${name} (${columns.join(', ')}) values (${columns.map((each) => `@${each}`).join(', ')})`,
          ).run(row);
        }
      }
    });
  }
};

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
/** RFC 6962, 2.1, word for word. */
const mth = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
};

const enter = async (officer: string, component: Buffer): Promise<void> => {
  const file = headFile(`component-${officer}`);
  writeFileSync(file, `${component.toString('hex')}\n${checkValueOfBytes('aes-256', component)}\n`, {
    mode: 0o600,
  });
  await bank.command('enter-key-component', '2', '--officer', officer, '--component-file', file);
};

describe('the record of the bank’s keys', () => {
  const [one, two] = [Buffer.alloc(32, 0x5a), Buffer.from(Array.from({ length: 32 }, (_, at) => at))];
  const key = Buffer.from(one.map((byte, at) => byte ^ two[at]!));

  it('begins with what the set-up made, and has every step of a ceremony, a change-over and a roll-over', async () => {
    expect(inWords(await audit('--head-file', headFile('head.json')))).toEqual([
      'issuing-key made set-up',
      'master-key made set-up',
    ]);
    await enter('A-1', one);
    await bank.command('abandon-master-key', '2', '--officer', 'A-1');
    await enter('A-1', one);
    await enter('B-2', two);
    const checkValue = checkValueOfBytes('aes-256', key);
    await bank.command('activate-master-key', '2', '--officer', 'C-3', '--check-value', checkValue);
    await bank.command('announce-ca-key', '--officer', 'M-1');
    await bank.command('switch-ca-key', '--officer', 'M-2');

    const audited = await audit('--head-file', headFile('head.json'));
    expect(inWords(audited)).toEqual([
      'issuing-key made set-up',
      'master-key made set-up',
      'master-key component-entered A-1',
      'master-key abandoned A-1',
      'master-key component-entered A-1',
      'master-key entered A-1+B-2',
      'master-key activated C-3',
      'issuing-key announced M-1',
      'issuing-key switched M-2',
    ]);
    expect(audited.keptBefore).toBe(2);
    expect(events(audited)[6]).toMatchObject({ key: '2', checkValue, before: '1' });
    const text = audited.records.join('');
    for (const secret of [one, two, key]) expect(text).not.toContain(secret.toString('hex'));
  }, 60_000);

  it('is proven by standard means alone: the texts, the tree of RFC 6962, the bank’s certificate', async () => {
    const { records, head } = await audit();
    const root = mth(records.map((record) => Buffer.from(record)));
    expect(Buffer.from(head.root, 'base64')).toEqual(root);
    const signed = Buffer.alloc(18);
    signed.writeUInt8(0, 0);
    signed.writeUInt8(1, 1);
    signed.writeBigUInt64BE(BigInt(head.time), 2);
    signed.writeBigUInt64BE(BigInt(records.length), 10);
    const certificate = new X509Certificate(Buffer.from(head.certificate, 'base64'));
    expect(certificate.verify(new X509Certificate(bank.ca).publicKey)).toBe(true);
    expect(
      verify(
        'sha256',
        Buffer.concat([signed, root]),
        certificate.publicKey,
        Buffer.from(head.signature, 'base64'),
      ),
    ).toBe(true);
  });

  it.each([
    ['another officer', `update key_events set record = replace(record, 'C-3', 'X-9') where position = 6`],
    ['a step less', 'delete from key_events where position = 3'],
    ['two steps in another order', swapped(2, 4)],
    [
      'a step more',
      `insert into key_events select 9, replace(record, 'M-2', 'M-3') from key_events where position = 8`,
    ],
    ['no event at all', `update key_events set record = 'nothing' where position = 1`],
    ['a head with another root', `update tree_heads set root = '${'0'.repeat(64)}' where size = 9`],
    [
      'a head of another tree',
      `update tree_heads set signature = (select signature from tree_heads where size = 8) where size = 9`,
    ],
  ])('is broken by %s', async (_, change) => {
    await whileChanged(change, async () => {
      await expect(audit()).rejects.toThrow('audit-chain-broken');
    });
    expect((await audit()).records).toHaveLength(9);
  });

  it('cut back to an earlier state it is still right in itself, and wrong to whoever kept a head', async () => {
    const cut = 'delete from key_events where position = 8; delete from tree_heads where size = 9';
    await whileChanged(cut, async () => {
      expect((await audit()).records).toHaveLength(8);
      await expect(audit('--head-file', headFile('head.json'))).rejects.toThrow('audit-chain-broken');
    });
    // It begins anew with what the bank still knows, and that is another one.
    await whileChanged('delete from key_events; delete from tree_heads', async () => {
      await expect(audit('--head-file', headFile('head.json'))).rejects.toThrow('audit-chain-broken');
    });
    const head = JSON.parse(readFileSync(headFile('head.json'), 'utf8')) as SignedTreeHead;
    expect(head.size).toBe(9);
    writeFileSync(headFile('spoilt.json'), '{}');
    await expect(audit('--head-file', headFile('spoilt.json'))).rejects.toThrow('bad-input');
  });

  it('of a bank from before there was one begins with what was written down then', async () => {
    inDatabase((db) => {
      db.exec(`delete from key_events; delete from tree_heads;
        insert into master_key_events values ('e-1', 2, '2099-01-01T00:00:00.000Z', 'activated', '["C-3"]', '{"checkValue":"ABC123"}')`);
    });
    expect(inWords(await audit())).toEqual([
      'issuing-key made set-up',
      'master-key made set-up',
      'issuing-key announced M-1',
      'issuing-key switched M-2',
      'master-key activated C-3',
    ]);
  });
});

function swapped(one: number, other: number): string {
  return `
    create temp table swap as select position, record from key_events where position in (${one}, ${other});
    update key_events set record = (select record from swap where position = ${other}) where position = ${one};
    update key_events set record = (select record from swap where position = ${one}) where position = ${other};`;
}
