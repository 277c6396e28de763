import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSecrets } from '../../../electron/bank-server/index.ts';
import { applyOnline, banksOnCard, logIn, type BankOnCard } from '../../../electron/customer-card/index.ts';
import { ok } from '../../../electron/shared/result/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualPivCard } from '../../../native/virtual/index.ts';
import { applicationOf } from '../../harness/online-customer.ts';
import { documented, newSequence } from '../../harness/sequence.ts';
import { must } from '../../harness/start-station.ts';
import {
  issueAtCounter,
  startThreeBanks,
  type OneOfThree,
  type ThreeBanks,
} from '../../harness/three-banks.ts';

/* S4: one SIM, three banks in processes of their own, each with its slot, its key and its algorithm. */

const customerId = 'C-100001';
const cardPin = '123456';
const password = trainingSecrets[customerId]!.suggestedLoginPassword;

describe('one card with three banks', () => {
  const card = virtualPivCard({ form: 'sim' });
  const sequence = newSequence({ T: 'Terminal', C: 'SIM', B: 'Chosen bank' });
  const useCard = sequence.card(async (work) => {
    const session = await piv.open(openPipe({ transmit: async (command) => ok(card.transmit(command)) }));
    return session.ok ? work(session.value) : session;
  });
  let three: ThreeBanks;
  let banks: readonly OneOfThree[];

  beforeAll(async () => {
    three = await startThreeBanks();
    banks = three.banks.map((bank) => ({ ...bank, online: sequence.bank(bank.online) }));
  }, 120_000);
  afterAll(() => three.close());

  /** What the customer sees before choosing (101). */
  const onCard = async (): Promise<readonly BankOnCard[]> => must(await useCard(banksOnCard));
  const chosen = async ({ nameLatin }: OneOfThree): Promise<BankOnCard> =>
    (await onCard()).find(({ bankName }) => bankName === nameLatin)!;
  const logInAt = async (bank: OneOfThree, typed = password) => {
    const place = await chosen(bank);
    return useCard(async (session) => {
      must(await session.verifyPin(cardPin));
      return logIn(bank.online, bank.bankId, session, place, 'lina.dew', typed);
    });
  };

  it('gets a key and a certificate from each, in its slot and its algorithm', async () => {
    for (const { online, slot } of banks)
      must(await applyOnline(online, useCard, applicationOf(customerId, 'SIM-3', cardPin, slot)));
    expect((await onCard()).map(({ slot, bankName, algorithm }) => [slot, bankName, algorithm])).toEqual([
      ['9a', 'Qingyu Bank', 'p-256'],
      ['82', 'Farhill Bank', 'rsa-2048'],
      ['83', 'Long River Bank', 'p-384'],
    ]);
  });

  it('logs in at the bank that was chosen, with its random number under its algorithm', async () => {
    for (const [at, bank] of banks.entries()) {
      const title = `login at bank ${at + 1} (${bank.algorithm}, slot ${bank.slot})`;
      const end = must(await sequence.during(title, () => logInAt(bank)));
      expect(end).toMatchObject({ outcome: 'signed-in', who: { customerId, algorithm: bank.algorithm } });
    }
    expect(documented('S4', sequence.mermaid())).toBe(sequence.mermaid());
    // The certificate of one bank at another.
    const first = await chosen(banks[0]!);
    const certificate = Buffer.from(first.certificate).toString('base64');
    expect(
      await banks[1]!.online.call('login', {}, { certificate, loginName: 'lina.dew', password }),
    ).toMatchObject({ fault: { code: 'certificate-unknown' } });
    expect(await logInAt(banks[1]!, 'another password')).toMatchObject({
      fault: { code: 'login-refused', data: { triesLeft: 9 } },
    });
    expect(must(await logInAt(banks[1]!))).toMatchObject({ outcome: 'signed-in' });
  });

  it('loses the one certificate whose random number was answered wrongly ten times, and no other', async () => {
    const [first, second, third] = banks as [OneOfThree, OneOfThree, OneOfThree];
    const place = await chosen(second);
    const certificate = Buffer.from(place.certificate).toString('base64');
    const login = { certificate, loginName: 'lina.dew', password };
    const answer = Buffer.alloc(256, 7).toString('base64');
    let { loginId } = must(await second.online.call('login', {}, login));
    const left: number[] = [];
    for (let round = 1; round <= 5; round++) {
      const again = must(await second.online.call('answer', { loginId }, { answer }));
      if (again.outcome !== 'again') throw new Error('signed in');
      left.push(again.triesLeft);
      // A random number takes one answer.
      expect(await second.online.call('answer', { loginId }, { answer })).toMatchObject({
        fault: { code: 'challenge-unknown' },
      });
      ({ loginId } = again);
    }
    // The password again gives no new tries.
    ({ loginId } = must(await second.online.call('login', {}, login)));
    for (let round = 6; round <= 9; round++) {
      const again = must(await second.online.call('answer', { loginId }, { answer }));
      if (again.outcome !== 'again') throw new Error('signed in');
      left.push(again.triesLeft);
      ({ loginId } = again);
    }
    expect(left).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const tenth = await second.online.call('answer', { loginId }, { answer });
    expect(tenth).toMatchObject({ fault: { code: 'registration-void' } });
    expect(await logInAt(second)).toMatchObject({ fault: { code: 'registration-void' } });
    for (const bank of [first, third])
      expect(must(await logInAt(bank))).toMatchObject({ outcome: 'signed-in' });
  });

  it('is made good again at that bank’s counter only, and the others notice nothing', async () => {
    const [first, second, third] = banks as [OneOfThree, OneOfThree, OneOfThree];
    const before = await onCard();
    expect(
      await applyOnline(second.online, useCard, applicationOf(customerId, 'SIM-3', cardPin, '82')),
    ).toMatchObject({ fault: { code: 'registration-void' } });
    await useCard(async (session) => {
      await issueAtCounter(second, session, customerId, { serial: 'SIM-3', cardPin });
      return ok();
    });
    for (const bank of banks) expect(must(await logInAt(bank))).toMatchObject({ outcome: 'signed-in' });
    const after = await onCard();
    const serialIn = (list: readonly BankOnCard[], { nameLatin }: OneOfThree) =>
      new X509Certificate(list.find(({ bankName }) => bankName === nameLatin)!.certificate).serialNumber;
    expect(serialIn(after, second)).not.toBe(serialIn(before, second));
    for (const bank of [first, third]) expect(serialIn(after, bank)).toBe(serialIn(before, bank));
  });
});
