import type { KeyAlgorithm, MediumIdentityRecord, MediumKind } from '../../shared/domain/index.ts';
import { fail, ok, type Fault, type FaultCode } from '../../shared/result/index.ts';
import type { Step } from '../../shared/workflow/index.ts';
import type { Recognised } from '../readers/readers.ts';
import { cardRefusals } from '../readers/recognise-card.ts';
import { contentRefusals, mediumRefusals } from '../readers/recognise-volume.ts';
import type { IssueTools } from './issue-tools.ts';
import { chosenMedium, type ChosenMedium } from './issued-card.ts';

export interface MediumChoice {
  readonly bankId: string;
  readonly customerId: string;
  readonly reader: string;
  readonly kind: MediumKind;
  readonly algorithm: KeyAlgorithm;
}

/** Another medium or reader cures all of these. */
const curedByAnother: readonly FaultCode[] = [
  'reader-unknown',
  'reader-gone',
  'reader-busy',
  'no-medium',
  'pcsc-unavailable',
  'card-removed',
  'card-swapped',
  'card-mute',
  'card-timeout',
  'card-bad-answer',
  'card-unsupported',
  'card-key-weak',
  'card-key-not-there',
  'card-foreign',
  'officer-card-in-use',
  'card-already-issued',
  'card-incomplete',
  'card-status',
  'card-object-missing',
  'medium-unknown',
  'medium-removed',
  'medium-swapped',
  'medium-full',
  'medium-write-protected',
  'medium-io-error',
  'medium-system-disk',
  'medium-unsupported',
  'medium-already-issued',
  'medium-false-capacity',
  'medium-read-not-cold',
  'medium-incomplete',
  'medium-foreign',
];

/** Looks at the chosen medium once more, now: it may not be the one that the list showed. Keeps its reader for this run. */
export function inspectMedium({ readers }: IssueTools): Step<MediumChoice, ChosenMedium> {
  return {
    name: 'inspect-medium',
    touches: 'nothing',
    record: chosenMedium,
    async run({ reader, kind, customerId, algorithm }, { runId }) {
      readers.choose(reader, runId);
      const seen = await readers.recognise({ reader, runId });
      if (!seen.ok) return seen;
      const found = kindOf(seen.value);
      if (found !== kind) return fail('card-unsupported', { reason: 'kind', wanted: kind, found });
      const { over } = seen.value;
      // Somebody else's card is not written over, even one that is no longer good.
      const replaces = over?.customerId === customerId ? over.cardId : undefined;
      const [refusal] = refusalsOf(seen.value, replaces !== undefined);
      if (refusal) return { ok: false, fault: refusal };
      const refused = seen.value.takes === 'card' ? seen.value.refusesKey(algorithm) : undefined;
      if (refused)
        return fail(refused.why === 'weak' ? 'card-key-weak' : 'card-key-not-there', { card: refused.name });
      if (kind === 'sd-card') {
        const place = { reader, identity: mediumOf(seen.value).identity, runId };
        const holds = await readers.useVolume<unknown>(
          place,
          async (volume) => (await volume.checkCapacity?.()) ?? ok(),
        );
        if (!holds.ok) return holds;
      }
      const held = readers.hold(reader, runId);
      if (!held.ok) return held;
      return ok({ reader, medium: mediumOf(seen.value), ...(replaces !== undefined && { replaces }) });
    },
    undo: 'nothing',
    asksAgain: Object.fromEntries(curedByAnother.map((code) => [code, 'choose-medium'])),
  };
}

const kindOf = (seen: Recognised): MediumKind => (seen.takes === 'sd-card' ? 'sd-card' : seen.kind);

export function refusalsOf(seen: Recognised, mayReplace = false): Fault[] {
  if (seen.takes === 'card') return cardRefusals(seen.card, mayReplace);
  const content = mayReplace ? undefined : seen.content;
  return [...mediumRefusals(seen.presence), ...(content ? contentRefusals(content) : [])];
}

export function mediumOf(seen: Recognised): MediumIdentityRecord {
  if (seen.takes === 'sd-card') {
    const { text, serial } = seen.presence.identity;
    return { kind: 'sd-card', identity: text, serial };
  }
  const { identity, serial } = seen.card.identity;
  return { kind: seen.kind, identity, serial };
}

/** For a step that knows its medium: where it is, and that it must be this one. */
export const placeOf = ({ reader, medium }: ChosenMedium, runId: string) => ({
  reader,
  identity: medium.identity,
  runId,
});
