import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpsSend, type BankClient } from '../../harness/bank-client.ts';
import { certify, issueCard, reserve, type IssuedCard } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
let card: IssuedCard;
beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  card = await issueCard(bank, client, 'C-100001');
});
afterAll(() => bank.stop());

const officer = { officerId: 'manager-1' };

/** What openssl says of the card's certificate under the list of now. */
const opensslVerdict = async (): Promise<string> => {
  const list = await httpsSend(
    new Agent({ rejectUnauthorized: false }),
    new URL('/crl', bank.server.portalOrigin),
    'GET',
  );
  const [crl, certificate] = [join(bank.dataFolder, 'now.crl'), join(bank.dataFolder, 'card.pem')];
  writeFileSync(crl, list.body);
  writeFileSync(certificate, new X509Certificate(card.certificate).toString());
  const pem = join(bank.dataFolder, 'now.crl.pem');
  execFileSync('openssl', ['crl', '-inform', 'DER', '-in', crl, '-out', pem]);
  const text = execFileSync('openssl', ['crl', '-in', pem, '-noout', '-text'], { encoding: 'utf8' });
  const ca = join(bank.stationFolder, 'bank-ca.pem');
  try {
    execFileSync('openssl', ['verify', '-crl_check', '-CRLfile', pem, '-CAfile', ca, certificate], {
      stdio: 'pipe',
    });
    return 'good';
  } catch {
    return text.includes('Certificate Hold') ? 'on hold' : 'revoked';
  }
};

describe('a card whose customer misses it', () => {
  it('is put on hold, released and is as before, each as often as asked', async () => {
    expect(await opensslVerdict()).toBe('good');
    for (let asked = 0; asked < 2; asked += 1) {
      const held = await client.must('holdCard', { cardId: card.cardId }, { reason: 'missing', ...officer });
      expect(held.card).toMatchObject({
        state: 'suspended',
        certificate: { state: 'on-hold', reason: 'missing' },
        registration: { state: 'suspended' },
      });
    }
    expect(await opensslVerdict()).toBe('on hold');
    for (let asked = 0; asked < 2; asked += 1) {
      const { card: released } = await client.must(
        'releaseCard',
        { cardId: card.cardId },
        { reason: 'found', ...officer },
      );
      expect(released).toMatchObject({
        state: 'active',
        certificate: { state: 'issued' },
        registration: { state: 'active' },
      });
      expect(released.certificate?.reason).toBeUndefined();
    }
    expect(await opensslVerdict()).toBe('good');
  });

  it('can be revoked from hold, and then neither held nor released', async () => {
    await client.must('holdCard', { cardId: card.cardId }, { reason: 'missing', ...officer });
    await client.must('revokeCard', { cardId: card.cardId }, { reason: 'lost', ...officer });
    expect(await opensslVerdict()).toBe('revoked');
    for (const call of ['holdCard', 'releaseCard'] as const)
      expect(await client.call(call, { cardId: card.cardId }, { reason: 'found', ...officer })).toMatchObject(
        {
          problem: { fault: { code: 'card-state-conflict' } },
        },
      );
  });

  it('cannot be activated for the first time by a release', async () => {
    const fresh = await reserve(bank, client, 'C-100002');
    await certify(client, fresh);
    expect(
      await client.call('releaseCard', { cardId: fresh.cardId }, { reason: 'found', ...officer }),
    ).toMatchObject({ problem: { fault: { code: 'card-state-conflict' } } });
  });
});
