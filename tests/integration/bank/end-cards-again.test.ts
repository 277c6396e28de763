import Database from 'better-sqlite3';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must } from '../../harness/start-station.ts';

/*
 * A bank that went back has cards in force that were revoked since. What it has told others of them in the meantime is
 * still there, and says which.
 */

let bank: TestBank;
let told: string;
const cards: Record<'lost' | 'held' | 'found' | 'kept' | 'heldThenLost' | 'since', string> = {
  lost: '',
  held: '',
  found: '',
  kept: '',
  heldThenLost: '',
  since: '',
};

const file = () => join(bank.dataFolder, 'bank.sqlite');
const command = async (...args: string[]): Promise<Record<string, unknown>> => {
  const read = readStandaloneOptions([...args, '--database', file(), '--data', bank.dataFolder]);
  if (!read.ok) throw new Error(read.errors.join('; '));
  return must(await runCommand(read.options, bankLog('silent'))) as Record<string, unknown>;
};
const again = (notifications = told) =>
  command('end-cards-again', '--notifications', notifications, '--officer', 'operations');
const stateOf = async (cardId: string) => {
  const client = bank.client();
  const { card } = await client.must('readCard', { cardId });
  client.close();
  return [card.state, card.certificate?.state, card.registration?.state];
};

beforeAll(async () => {
  bank = await startBank();
  const client = bank.client();
  const issue = async (customerId: string) => (await issueCard(bank, client, customerId)).cardId;
  cards.lost = await issue('C-100001');
  cards.held = await issue('C-100002');
  cards.found = await issue('C-100003');
  cards.kept = await issue('C-100004');
  cards.heldThenLost = await issue('C-100005');
  const goBack = await bank.backUp();
  const officerId = 'M-1';
  await client.must('revokeCard', { cardId: cards.lost }, { reason: 'lost', officerId });
  for (const cardId of [cards.held, cards.found, cards.heldThenLost])
    await client.must('holdCard', { cardId }, { reason: 'not found', officerId });
  await client.must('releaseCard', { cardId: cards.found }, { reason: 'found', officerId });
  await client.must('revokeCard', { cardId: cards.heldThenLost }, { reason: 'key-compromise', officerId });
  cards.since = await issue('C-100006');
  told = join(bank.dataFolder, 'told.jsonl');
  const db = new Database(file(), { readonly: true });
  // As `--notify file:…` writes it; the order in which cards are told of is nobody's promise.
  const messages = db.prepare<[], { message: string }>('select message from outbox').all();
  db.close();
  const lines = messages.map(({ message }) =>
    JSON.stringify({ bankId: bank.server.bankId, ...(JSON.parse(message) as object) }),
  );
  writeFileSync(told, `${lines.toReversed().join('\n')}\n`);
  await goBack();
}, 60_000);
afterAll(() => bank.stop());

describe('a bank that went back', () => {
  test('has cards in force that it had ended', async () => {
    for (const cardId of [cards.lost, cards.held, cards.heldThenLost])
      expect(await stateOf(cardId)).toEqual(['active', 'issued', 'active']);
  });

  test('ends nothing by a file that is not wholly its own', async () => {
    const strange = `${told}.strange`;
    const [first = ''] = readFileSync(told, 'utf8').split('\n');
    const others = first.replace(bank.server.bankId, 'another-bank');
    for (const line of [others, '{}', 'no JSON', 'null']) {
      writeFileSync(strange, `\n${line}\n`);
      await expect(again(strange)).rejects.toThrow('bad-input {"field":"notifications","line":2}');
    }
    await expect(again(`${told}.missing`)).rejects.toThrow('does not exist');
    await expect(command('end-cards-again', '--officer', 'x')).rejects.toThrow('--notifications is missing');
    await expect(command('end-cards-again', '--notifications', told)).rejects.toThrow('--officer is missing');
    expect(await stateOf(cards.lost)).toEqual(['active', 'issued', 'active']);
  });

  test('ends and suspends them again, once, and knows which it has lost', async () => {
    const ended = await again();
    expect(ended).toEqual({
      kind: 'cards-ended-again',
      revoked: expect.arrayContaining([cards.lost, cards.heldThenLost]),
      suspended: [cards.held],
      unknown: [cards.since],
      refused: [],
    });
    expect(ended.revoked).toHaveLength(2);
    expect(await stateOf(cards.lost)).toEqual(['revoked', 'revoked', 'closed']);
    expect(await stateOf(cards.heldThenLost)).toEqual(['revoked', 'revoked', 'closed']);
    expect(await stateOf(cards.held)).toEqual(['suspended', 'on-hold', 'suspended']);
    for (const cardId of [cards.found, cards.kept])
      expect(await stateOf(cardId)).toEqual(['active', 'issued', 'active']);
    expect(await again()).toMatchObject({ revoked: [], suspended: [], unknown: [cards.since], refused: [] });
    const db = new Database(file(), { readonly: true });
    const moves = db
      .prepare(
        `select from_state, to_state, why, officer_id from transitions
         where card_id = ? and machine = 'card' and officer_id = 'operations' order by transition_id`,
      )
      .all(cards.lost);
    db.close();
    const move = { why: 'lost', officer_id: 'operations' };
    expect(moves).toEqual(
      expect.arrayContaining([
        { from_state: 'active', to_state: 'lost', ...move },
        { from_state: 'lost', to_state: 'revoked', ...move },
      ]),
    );
  });
});
