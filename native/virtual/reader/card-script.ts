/** Before the card has seen the command, or after it has done it and before its answer arrives. */
export type PullMoment = 'before' | 'after';

/** What is made to happen to a card in a virtual reader, while everything else stays real. */
export interface CardScript {
  /** Commands that have reached this reader's cards, in all. */
  readonly count: number;
  /**
   * The next command that matches gets this answer instead of the card's; the card never sees it.
   * `silence`: no answer comes at all.
   */
  answerOnce(matches: (command: Uint8Array) => boolean, answer: Uint8Array | 'silence'): void;
  /** The card is pulled at the n-th command from now (1: the next). */
  pullAt(n: number, when: PullMoment): void;
  /** Forgets everything planned. */
  clear(): void;
}

export interface RunningScript extends CardScript {
  /** What happens to this command. */
  next(command: Uint8Array): Fate;
}

export type Fate =
  | { readonly kind: 'process' }
  | { readonly kind: 'answer'; readonly answer: Uint8Array }
  | { readonly kind: 'silence' }
  | { readonly kind: 'pull'; readonly when: PullMoment };

export const cardScript = (): RunningScript => {
  let count = 0;
  let answers: { matches: (command: Uint8Array) => boolean; answer: Uint8Array | 'silence' }[] = [];
  let pull: { at: number; when: PullMoment } | undefined;
  return {
    get count() {
      return count;
    },
    answerOnce: (matches, answer) => void answers.push({ matches, answer }),
    pullAt(n, when) {
      if (!Number.isInteger(n) || n < 1) throw new Error('Commands are counted from 1');
      pull = { at: count + n, when };
    },
    clear() {
      answers = [];
      pull = undefined;
    },
    next(command) {
      count++;
      if (pull !== undefined && count >= pull.at) {
        const { when } = pull;
        pull = undefined;
        return { kind: 'pull', when };
      }
      const planned = answers.find(({ matches }) => matches(command));
      if (planned === undefined) return { kind: 'process' };
      answers = answers.filter((other) => other !== planned);
      return planned.answer === 'silence' ? { kind: 'silence' } : { kind: 'answer', answer: planned.answer };
    },
  };
};
