import type { RunView } from '../../../electron/shared/contract/index.ts';
import type { MediumKind } from '../../../electron/shared/domain/index.ts';
import type { StepProgress } from '../../../electron/shared/workflow/index.ts';

/** What makes a card a card, in the order it gets it. */
export const cardParts = [
  'key',
  'certificate',
  'userInfo',
  'identity',
  'client',
  'seal',
  'verified',
  'registered',
] as const;
export type CardPart = (typeof cardParts)[number];
export type PartState = StepProgress['state'];
export type PartStates = Readonly<Partial<Record<CardPart, PartState>>>;

/** The step that brings each part; a part whose step is not in the plan does not belong to this medium. */
const bringers: Readonly<Record<CardPart, readonly string[]>> = {
  key: ['generate-key', 'write-key'],
  certificate: ['write-certificate'],
  userInfo: ['write-user-info'],
  identity: ['write-card-identity'],
  client: ['write-client'],
  seal: ['write-marker', 'write-manifest'],
  verified: ['prove'],
  registered: ['register'],
};

export function partsOfRun(run: RunView): PartStates {
  if (run.workflow === 'wipe-card') return partsBeingWiped(run);
  // Of prepared stock nothing is on the card that a customer's card has.
  if (run.workflow === 'prepare-card' || run.workflow === 'check-card')
    return plannedParts(run.subject.mediumKind);
  if (run.workflow === 'upgrade-client') return partsBeingReplaced(run);
  // Whatever happens to an applet, what is the customer's stays.
  if (run.workflow === 'upgrade-applet')
    return run.subject.cardId === undefined
      ? plannedParts(run.subject.mediumKind)
      : allParts(run.subject.mediumKind, 'done');
  if (run.workflow === 'restart-chain')
    return run.subject.mediumKind === 'sd-card'
      ? partsBeingReplaced(run)
      : allParts(run.subject.mediumKind, 'done');
  const states: Partial<Record<CardPart, PartState>> = {};
  for (const part of cardParts) {
    const step = run.steps.find((candidate) => bringers[part].includes(candidate.step));
    if (step) states[part] = step.state;
  }
  return Object.keys(states).length > 0 ? states : plannedParts(run.subject.mediumKind);
}

/** While a card is wiped it still has everything; afterwards nothing. */
function partsBeingWiped(run: RunView): PartStates {
  const wipe = run.steps.find((step) => step.step === 'wipe')?.state;
  return allParts(run.subject.mediumKind, wipe === 'done' ? 'waiting' : 'done');
}

/** Everything is there; the client and the seal are on their way from when they are first touched. */
function partsBeingReplaced(run: RunView): PartStates {
  const stateOf = (name: string): PartState => run.steps.find(({ step }) => step === name)?.state ?? 'done';
  const client = stateOf('write-client');
  const whole = allParts('sd-card', 'done');
  return client === 'waiting' ? whole : { ...whole, client, seal: stateOf('write-manifest') };
}

/** What a medium of this kind will carry, before a run has a plan for it. */
export function plannedParts(kind: MediumKind | 'unknown' | undefined): PartStates {
  const parts = cardParts.filter((part) => (kind === 'sd-card' ? part !== 'identity' : part !== 'client'));
  return Object.fromEntries(parts.map((part) => [part, 'waiting' as const]));
}

/** Every part in one state, for a card that was read and found whole or blank. */
export function allParts(kind: MediumKind | 'unknown' | undefined, state: PartState): PartStates {
  return Object.fromEntries(Object.keys(plannedParts(kind)).map((part) => [part, state]));
}
