import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCardChain } from '../../../electron/customer-card/index.ts';
import { fromHex, oathPut, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import {
  answerChallenge,
  cardChainKeys,
  chainCredential,
  checkAnswer,
  deriveChainKeys,
  encodeChainState,
  isChainCredential,
  newBankChain,
  newMediumChain,
  openChallenge,
  readChainState,
  type BankChain,
  type ChainKeys,
} from '../../../electron/shared/codec/otp-chain/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { virtualBankCard, type VirtualBankCard } from '../../../native/virtual/index.ts';
import { linkToCard } from '../globalplatform/link-to-card.ts';
import { nodeHmac } from './node-hmac.ts';

/*
 * A chain whose keys are on the card (S1): what the card computes is what the bank and every other medium compute.
 */

const cardId = 'CW-7K3M-9QXD-2RTA';
const names = chainCredential(cardId);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const newKeys = async (): Promise<ChainKeys> =>
  cardChainKeys(
    nodeHmac,
    await deriveChainKeys(nodeHmac, {
      secret: randomBytes(32),
      userId: 'C-100001',
      certificate: randomBytes(40),
      mediumIdentity: '05a1b2c3',
    }),
  );

const cardWith = (keys: ChainKeys): VirtualBankCard => {
  const card = virtualBankCard();
  card.transmit(fromHex('00a4040007a0000005272101'));
  for (const { data } of [oathPut(names.otp, keys.otp), oathPut(names.bank, keys.bank)])
    expect(toHex(card.transmit(new Uint8Array([0, 1, 0, 0, data!.length, ...data!])))).toBe('9000');
  return card;
};

const asked = async (keys: ChainKeys, chain: BankChain, text = '') =>
  valueOf(
    await openChallenge(nodeHmac, keys, chain, {
      nonce: randomBytes(16).toString('hex'),
      text,
      expiresAt: 1_000,
    }),
  );

const answerOf = async (card: VirtualBankCard, challenge: Parameters<typeof answerChallenge>[3]) => {
  const chain = valueOf(await openCardChain(linkToCard(card).pipe, cardId));
  return chain!.answer(challenge);
};

describe('a chain on a card', () => {
  it('answers as one in memory does, also with a long text, and the bank accepts each answer', async () => {
    const keys = await newKeys();
    const card = cardWith(keys);
    let bank = newBankChain(cardId, keys);
    let medium = newMediumChain(cardId, keys);
    for (const text of ['', '转账 ¥1,280.50 给 王建国', 'x'.repeat(1_500), '']) {
      const { chain, challenge } = await asked(keys, bank, text);
      const expected = valueOf(await answerChallenge(nodeHmac, keys, medium, challenge));
      const answer = valueOf(await answerOf(card, challenge));
      expect(answer).toEqual(expected.answer);
      medium = expected.chain;
      const checked = await checkAnswer(nodeHmac, keys, chain, answer, 10);
      expect(checked.outcome).toBe('accepted');
      bank = checked.chain;
    }
    expect(card.state.oath.credentials).toHaveLength(3);
  });

  it('is asked for nothing that is longer than a short command', async () => {
    const keys = await newKeys();
    const card = cardWith(keys);
    const { challenge } = await asked(keys, newBankChain(cardId, keys), 'x'.repeat(1_500));
    const link = linkToCard(card);
    const lengths: number[] = [];
    link.tamperCommand((command) => {
      lengths.push(command.length);
      expect((command[0] ?? 0) & 0x10).toBe(0);
      return command;
    });
    const chain = valueOf(await openCardChain(link.pipe, cardId));
    valueOf(await chain!.answer(challenge));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(4 + 1 + 255 + 1);
  });

  it('has its state after a pull at any command: it never answers one challenge twice', async () => {
    const keys = await newKeys();
    for (const when of ['before', 'after'] as const)
      for (let at = 2; at <= 10; at++) {
        const card = cardWith(keys);
        let bank = newBankChain(cardId, keys);
        // A first login, so that there is a state to replace.
        const first = await asked(keys, bank);
        bank = (
          await checkAnswer(nodeHmac, keys, first.chain, valueOf(await answerOf(card, first.challenge)), 1)
        ).chain;
        const second = await asked(keys, bank);
        const link = linkToCard(card);
        link.pullAt(at, when);
        const chain = await openCardChain(link.pipe, cardId);
        const torn = chain.ok && chain.value ? await chain.value.answer(second.challenge) : chain;
        card.powerCycle();
        const again = await answerOf(card, second.challenge);
        // Either nothing was kept, or this challenge is spent and the next one is answered.
        if (!again.ok) expect(again).toEqual(fail('challenge-unknown'));
        const next = await asked(keys, second.chain);
        const answer = valueOf(await answerOf(card, next.challenge));
        expect((await checkAnswer(nodeHmac, keys, next.chain, answer, 2)).outcome, `${when} ${at}`).toBe(
          'accepted',
        );
        expect(torn.ok && torn.value !== undefined && again.ok).toBe(false);
      }
  });

  it('is not opened by a challenge that is not the bank’s, nor there for another card', async () => {
    const keys = await newKeys();
    const card = cardWith(keys);
    const { challenge } = await asked(keys, newBankChain(cardId, keys));
    expect(await answerOf(card, { ...challenge, text: 'pay' })).toEqual(fail('bank-untrusted'));
    expect(valueOf(await openCardChain(linkToCard(card).pipe, 'CW-AAAA-BBBB-CCCC'))).toBeUndefined();
    expect(valueOf(await openCardChain(linkToCard(virtualBankCard()).pipe, cardId))).toBeUndefined();
  });
});

describe('the state of a chain', () => {
  const first = 'ab'.repeat(32);
  it('fits into a name, and comes back', () => {
    const chain = {
      chainId: cardId,
      seen: 1_679_615,
      confirmed: { serial: 1_679_614, value: '01234567' },
      pending: { serial: 1_679_615, value: '89012345' },
    };
    const name = encodeChainState(chain, first);
    expect(utf8(name).length).toBeLessThanOrEqual(64);
    expect(isChainCredential(name)).toBe(true);
    expect(
      readChainState(['cw:other|1|0.-', name, encodeChainState({ ...chain, seen: 3 }, first)], cardId, first),
    ).toEqual(chain);
    const fresh = { chainId: cardId, seen: 0, confirmed: { serial: 0, value: first } };
    expect(readChainState([encodeChainState(fresh, first)], cardId, first)).toEqual(fresh);
  });
  it.each([
    'cw:',
    `cw:${cardId}`,
    `cw:${cardId}|1`,
    `cw:${cardId}|1|0.1234567`,
    `cw:${cardId}|1|0.-|x`,
    `cw:${cardId}|!|0.-`,
    `cw:${cardId}|1|0.-|1.12345678|2`,
  ])('is not read from %j', (name) => {
    expect(readChainState([name], cardId, first)).toBeUndefined();
  });
});
