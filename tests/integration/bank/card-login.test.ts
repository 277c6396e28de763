import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsIn, type Refusal } from '../../../electron/bank-server/portal/words.ts';
import { httpsSend } from '../../harness/bank-client.ts';
import { issueCard, newKey, type IssuedCard } from '../../harness/issue-card.ts';
import { portalClient, type PortalAnswer, type PortalClient } from '../../harness/portal-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/* The way from the portal to the online server and back, by which a browser shows the card in a reader (S2). */

let bank: TestBank;
let card: IssuedCard;
const open: { close(): void }[] = [];

beforeAll(async () => {
  bank = await startBank();
  card = await issueCard(bank, bank.client(), 'C-100001', { kind: 'sim' });
});
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
afterAll(() => bank.stop());

const browser = (): PortalClient => {
  const client = portalClient(bank);
  open.push(client);
  return client;
};

/** Follows the portal to the online server with this key and certificate; where it leads back to. */
const show = async (start: PortalAnswer, shown?: Pick<IssuedCard, 'privateKey' | 'certificate'>) => {
  expect(start.status).toBe(303);
  const agent = new Agent({
    ca: readFileSync(join(bank.stationFolder, 'bank-ca.pem')),
    ...(shown && {
      key: shown.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: new X509Certificate(shown.certificate).toString(),
    }),
  });
  open.push({ close: () => agent.destroy() });
  const answer = await httpsSend(agent, new URL(String(start.headers.location)), 'GET', undefined, {});
  expect(answer.status).toBe(303);
  const back = new URL(String(answer.headers.location));
  expect(back.origin).toBe(bank.server.portalOrigin);
  return back.pathname;
};

const expectRefusal = (answer: PortalAnswer, refusal: Refusal): void => {
  expect(answer.text).toContain(wordsIn.en.refusals[refusal].happened);
  expect(answer.status).toBe(403);
};

describe('login with the card in a reader', () => {
  it('leads over the online server to the password, and the key alone opens nothing', async () => {
    const client = browser();
    const arrived = await client.get(await show(await client.get('/login/card'), card));
    expect([arrived.status, arrived.headers.location]).toEqual([303, '/login/password']);
    const page = await client.get('/login/password');
    expect(page.text).toContain('lina.dew');
    expectRefusal(await client.get('/menu'), 'session-expired');
    const entered = await client.password(bank.trainingSecrets['C-100001']!.suggestedLoginPassword);
    expect(entered.headers.location).toBe('/menu');
    expect((await client.get('/menu')).text).toContain('Hello, Li Na');
  });

  it('takes a ticket once, within a minute, from the browser it was made for', async () => {
    const mine = browser();
    const ticket = await show(await mine.get('/login/card'), card);
    const theirs = browser();
    expectRefusal(await theirs.get(ticket), 'session-expired');
    const withOwnNumber = browser();
    await withOwnNumber.get('/login/card');
    const second = await show(await mine.get('/login/card'), card);
    expectRefusal(await withOwnNumber.get(second), 'session-expired');
    // Whoever tries it with the wrong number has spent it.
    expectRefusal(await mine.get(second), 'session-expired');
    const late = await show(await mine.get('/login/card'), card);
    bank.advance(61);
    expectRefusal(await mine.get(late), 'session-expired');
    const good = await show(await mine.get('/login/card'), card);
    expect((await mine.get(good)).status).toBe(303);
    expectRefusal(await mine.get(good), 'session-expired');
  });

  it('knows no other certificate, and none of a card that may not be used', async () => {
    const client = browser();
    const start = () => client.get('/login/card');
    expect(await show(await start())).toBe('/refused/certificate-unknown');
    const other = { privateKey: newKey('p-256'), certificate: card.certificate };
    await expect(show(await start(), other)).rejects.toThrow(/key values mismatch/);
    expectRefusal(await client.get('/refused/certificate-unknown'), 'certificate-unknown');
    const why = { reason: 'missing', officerId: 'teller-1' } as const;
    await bank.client().must('holdCard', { cardId: card.cardId }, why);
    expect(await show(await start(), card)).toBe('/refused/registration-inactive');
  });

  it('is no way past the one-time passwords of a card that can be copied', async () => {
    const arrive = async (customerId: string, kind: 'sd-card' | 'sim') => {
      const chained = await issueCard(bank, bank.client(), customerId, { kind, chained: true });
      const client = browser();
      return client.get(await show(await client.get('/login/card'), chained));
    };
    expectRefusal(await arrive('C-100002', 'sd-card'), 'challenge-unknown');
    // The key of a SIM has shown that the SIM itself is there.
    expect((await arrive('C-100003', 'sim')).headers.location).toBe('/login/password');
  });
});
