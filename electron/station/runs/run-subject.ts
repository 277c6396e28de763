import { z } from 'zod';
import type { RunView } from '../../shared/contract/index.ts';
import type { CardState } from '../../shared/domain/index.ts';
import type { RunHeader } from '../../shared/workflow/index.ts';
import { chosenMedium, issuedCertificate, reservedCard } from '../issuance/issued-card.ts';
import { inspectedCard } from '../reprovision/inspected-card.ts';

export type RunSubject = RunView['subject'];

/** Outcomes of steps and answers to questions by name, as the journal has them. */
export interface RunFacts {
  readonly steps: ReadonlyMap<string, unknown>;
  readonly answers: ReadonlyMap<string, unknown>;
}

const knownInput = z
  .object({ customerId: z.string(), customerName: z.string(), account: z.string(), reader: z.string() })
  .partial();
const choice = z.object({ reader: z.string(), kind: chosenMedium.shape.medium.shape.kind });
const delivery = z.object({ receiptNumber: z.string() });

/** What a run is about, from what it has recorded so far. Nothing here is a secret: records never are. */
export function subjectOf(header: RunHeader, { steps, answers }: RunFacts): RunSubject {
  const input = knownInput.safeParse(header.input).data ?? {};
  const chosen = choice.safeParse(answers.get('choose-medium')).data;
  const inspected = inspectedCard.safeParse(steps.get('inspect-card')).data;
  const medium = chosenMedium.safeParse(steps.get('inspect-medium')).data ?? inspected?.place;
  const reserved = reservedCard.safeParse(steps.get('reserve-card')).data;
  const certificate = issuedCertificate.safeParse(steps.get('enrol')).data;
  const receipt = delivery.safeParse(steps.get('deliver')).data;
  return dropUndefined({
    customerId: input.customerId ?? inspected?.customerId,
    customerName: input.customerName ?? inspected?.customerName,
    account: input.account,
    cardId: reserved?.cardId ?? inspected?.cardId,
    cardState: cardStateAfter(steps) ?? inspected?.cardState,
    mediumKind: medium?.medium.kind ?? chosen?.kind,
    reader: medium?.reader ?? chosen?.reader ?? input.reader,
    serial: medium?.medium.serial,
    certificateSerial: certificate?.serial,
    certificateSha256: certificate?.sha256,
    receiptNumber: receipt?.receiptNumber,
  });
}

/** The state each step brings the card to, the furthest first. */
const reached: readonly (readonly [step: string, state: CardState])[] = [
  ['report-wiped', 'wiped'],
  ['report-prepared', 'prepared'],
  ['revoke', 'revoked'],
  ['release-card', 'active'],
  ['activate', 'active'],
  ['deliver', 'delivered'],
  ['register', 'registered'],
  ['prove', 'verified'],
  ['report-written', 'written'],
  ['enrol', 'certified'],
  ['report-keyed', 'keyed'],
  ['reserve-card', 'reserved'],
  ['inspect-medium', 'blank'],
];

const cardStateAfter = (steps: ReadonlyMap<string, unknown>): CardState | undefined =>
  reached.find(([step]) => steps.has(step))?.[1];

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const dropUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
