import { fail, ok } from '../../../electron/shared/result/index.ts';
import { openPipe, type ApduPipe } from '../../../native/pipe/index.ts';
import type { VirtualCard } from '../../../native/virtual/index.ts';

export interface CardLinkDouble {
  readonly pipe: ApduPipe;
  /** INS of every command that reached the card, hex. */
  readonly sent: string[];
  /** The card is pulled at the n-th command from now, before or after it has done it. */
  pullAt(n: number, when: 'before' | 'after'): void;
  /** Changes the answers from now on. */
  tamper(change: ((answer: Uint8Array, command: Uint8Array) => Uint8Array) | undefined): void;
  /** Changes the commands from now on. */
  tamperCommand(change: ((command: Uint8Array) => Uint8Array) | undefined): void;
}

/** The usual pipe straight to a virtual card. */
export const linkToCard = (card: VirtualCard): CardLinkDouble => {
  const sent: string[] = [];
  let pull: { left: number; when: 'before' | 'after' } | undefined;
  let gone = false;
  let tampering: ((answer: Uint8Array, command: Uint8Array) => Uint8Array) | undefined;
  let tamperingCommand: ((command: Uint8Array) => Uint8Array) | undefined;
  card.powerCycle();
  const pipe = openPipe({
    async transmit(command) {
      if (gone) return fail('card-removed');
      sent.push((command[1] ?? 0).toString(16).padStart(2, '0'));
      if (pull !== undefined && --pull.left === 0) {
        gone = true;
        if (pull.when === 'after') card.transmit(command);
        card.powerCycle();
        return fail('card-removed');
      }
      const answer = card.transmit(tamperingCommand?.(command) ?? command);
      return ok(tampering?.(answer, command) ?? answer);
    },
  });
  return {
    pipe,
    sent,
    pullAt: (n, when) => (pull = { left: n, when }),
    tamper: (change) => (tampering = change),
    tamperCommand: (change) => (tamperingCommand = change),
  };
};
