import { describe, expect, it } from 'vitest';
import {
  answerChallenge,
  checkAnswer,
  deriveChainKeys,
  newBankChain,
  newMediumChain,
  openChallenge,
  type BankChain,
  type ChainAnswer,
  type ChainChallenge,
  type ChainOutcome,
  type MediumChain,
} from '../../../electron/shared/codec/otp-chain/index.ts';
import { rememberedHmac } from './node-hmac.ts';

/**
 * Every state that the bank, one or two media and a network can reach, where the network loses, doubles
 * and reorders whatever it likes: a message once sent can be delivered at any later time, any number of
 * times, or never. Bounded by the number of challenges the bank gives out.
 */
const hmac = rememberedHmac();
const keys = await deriveChainKeys(hmac, {
  secret: new Uint8Array(32).fill(1),
  userId: 'C-1',
  certificate: new Uint8Array(4),
  mediumIdentity: 'm',
});

interface World {
  readonly bank: BankChain;
  readonly media: readonly MediumChain[];
  /** On the way, each to the medium that asked for it. */
  readonly challenges: readonly { readonly to: number; readonly challenge: ChainChallenge }[];
  readonly answers: readonly { readonly from: number; readonly answer: ChainAnswer }[];
  /** Which media had an answer accepted that they gave after there were two of them. */
  readonly used: readonly boolean[];
  readonly acceptedOtps: readonly string[];
}

interface Move {
  readonly name: string;
  readonly to: World;
  readonly outcome?: ChainOutcome;
}

const nonceOf = (serial: number) => serial.toString(16).padStart(32, '0');

const opened = async (bank: BankChain) =>
  openChallenge(hmac, keys, bank, { nonce: nonceOf(bank.issued + 1), text: '', expiresAt: 1 });

const moves = async (world: World, challengesAllowed: number, mayCopy: boolean): Promise<Move[]> => {
  const found: Move[] = [];
  if (world.bank.issued < challengesAllowed) {
    for (const [to] of world.media.entries()) {
      const next = await opened(world.bank);
      if (!next.ok) continue;
      const challenges = [...world.challenges, { to, challenge: next.value.challenge }];
      found.push({ name: `ask ${to}`, to: { ...world, bank: next.value.chain, challenges } });
    }
  }
  for (const { to, challenge } of world.challenges) {
    const medium = world.media[to]!;
    const answered = await answerChallenge(hmac, keys, medium, challenge);
    if (!answered.ok) continue;
    const media = world.media.map((each, at) => (at === to ? answered.value.chain : each));
    const answers = [...world.answers, { from: to, answer: answered.value.answer }];
    found.push({ name: `deliver challenge ${challenge.serial}`, to: { ...world, media, answers } });
  }
  for (const { from, answer } of world.answers) {
    const checked = await checkAnswer(hmac, keys, world.bank, answer, 0);
    const accepted = checked.outcome === 'accepted';
    found.push({
      name: `deliver answer ${answer.serial}`,
      outcome: checked.outcome,
      to: {
        ...world,
        bank: checked.chain,
        used: accepted && world.media.length > 1 ? world.used.map((u, at) => u || at === from) : world.used,
        acceptedOtps: accepted
          ? [...world.acceptedOtps, `${answer.serial} ${answer.otp}`]
          : world.acceptedOtps,
      },
    });
  }
  if (mayCopy && world.media.length === 1) {
    // Answers given before are the one medium's; those given from now on count for the one that gives them.
    const answers = world.answers.map(({ answer }) => ({ from: 2, answer }));
    const media = [...world.media, ...world.media];
    found.push({ name: 'copy', to: { ...world, media, answers, used: [false, false] } });
  }
  return found;
};

const explore = async (
  challengesAllowed: number,
  mayCopy: boolean,
  visit: (world: World) => Promise<void>,
  onMove: (move: Move) => void,
): Promise<number> => {
  const first: World = {
    bank: newBankChain('c', keys),
    media: [newMediumChain('c', keys)],
    challenges: [],
    answers: [],
    used: [],
    acceptedOtps: [],
  };
  const seen = new Set([JSON.stringify(first)]);
  const open = [first];
  for (let world = open.pop(); world; world = open.pop()) {
    await visit(world);
    for (const move of await moves(world, challengesAllowed, mayCopy)) {
      onMove(move);
      const name = JSON.stringify(move.to);
      if (seen.has(name)) continue;
      // A chain that lets a message count twice has no end of states.
      if (seen.size > 8_000 || move.to.answers.length > challengesAllowed)
        throw new Error(`counted twice: ${move.name}`);
      seen.add(name);
      open.push(move.to);
    }
  }
  return seen.size;
};

/** From here on nothing is lost. */
const cleanLogin = async (world: World, at: number): Promise<ChainOutcome | 'refused'> => {
  const next = await opened(world.bank);
  if (!next.ok) return 'refused';
  const answered = await answerChallenge(hmac, keys, world.media[at]!, next.value.challenge);
  if (!answered.ok) return 'refused';
  return (await checkAnswer(hmac, keys, next.value.chain, answered.value.answer, 0)).outcome;
};

describe('every order of lost, doubled and reordered messages', () => {
  it('never locks the one medium out, never suspends it, never takes an OTP twice', async () => {
    const outcomes = new Set<ChainOutcome>();
    const states = await explore(
      5,
      false,
      async (world) => {
        expect(await cleanLogin(world, 0)).toBe('accepted');
        expect(world.bank.failures).toBe(0);
        expect(new Set(world.acceptedOtps).size).toBe(world.acceptedOtps.length);
      },
      (move) => move.outcome && outcomes.add(move.outcome),
    );
    expect([...outcomes].sort()).toEqual(['accepted', 'stale']);
    expect(states).toBeGreaterThan(300);
  });

  it('lets at most one of two copies go on, and the next use of the other suspends both', async () => {
    const outcomes = new Set<ChainOutcome>();
    let forks = 0;
    const states = await explore(
      4,
      true,
      async (world) => {
        if (world.media.length === 1) return;
        expect(world.used.filter((used) => used).length).toBeLessThan(2);
        const winner = world.used.indexOf(true);
        if (winner < 0) return;
        forks += 1;
        const expected = world.bank.suspended ? 'refused' : 'forked';
        expect(await cleanLogin(world, 1 - winner)).toBe(expected);
        expect(await cleanLogin(world, winner)).toBe(world.bank.suspended ? 'refused' : 'accepted');
      },
      (move) => move.outcome && outcomes.add(move.outcome),
    );
    expect([...outcomes].sort()).toEqual(['accepted', 'forked', 'stale', 'suspended']);
    expect(forks).toBeGreaterThan(100);
    expect(states).toBeGreaterThan(1000);
  });
});
