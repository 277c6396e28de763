import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunView } from '../../electron/shared/contract/index.ts';
import type { CardRecord } from '../../electron/shared/domain/index.ts';
import type { BankClient } from '../harness/bank-client.ts';
import { freezingJournal } from '../harness/freezing-journal.ts';
import { losingLine, type LostExchange } from '../harness/losing-line.ts';
import type { TestBank } from '../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  sdSlot,
  startIssuance,
  startTestStation,
  type Counter,
  type TestStation,
  type VirtualSim,
} from '../harness/start-station.ts';

export type Medium = 'sim' | 'sd-card';
export type Exit = 'resume' | 'undo';

/** What goes wrong in one issuance. */
export type Trouble =
  /** The medium is pulled at its n-th operation (1: the first of the run). */
  | {
      readonly kind: 'pull';
      readonly operation: number;
      readonly when: 'before' | 'during' | 'after';
      /** Once more, at this operation of the exit. */
      readonly again?: number;
    }
  /** The n-th exchange with the bank fails: nothing reaches it, or it has done it and the answer is lost. */
  | ({ readonly kind: 'bank' } & LostExchange)
  /** The station dies after its n-th journal entry: nothing more is written. */
  | { readonly kind: 'kill'; readonly entry: number }
  /** Both at once: the medium is pulled, and the station dies before anybody can do something about it. */
  | {
      readonly kind: 'pull-and-kill';
      readonly operation: number;
      readonly when: 'before' | 'during' | 'after';
    };

export const describeTrouble = (trouble: Trouble): string => {
  if (trouble.kind === 'kill') return `killed after entry ${trouble.entry}`;
  if (trouble.kind === 'bank')
    return `exchange ${trouble.exchange} with the bank lost ${trouble.when} it was done`;
  const pulled = `pulled ${trouble.when} operation ${trouble.operation}`;
  if (trouble.kind === 'pull-and-kill') return `${pulled} and killed`;
  return trouble.again === undefined ? pulled : `${pulled} and again at ${trouble.again} of the exit`;
};

export interface Played {
  readonly outcome: string;
  /** What was wrong with the world at the end; none: the invariants hold. */
  readonly broken: readonly string[];
  /** Operations of the medium and journal entries that the run used in all. */
  readonly operations: number;
  readonly entries: number;
  readonly exchanges: number;
}

/** Plays one issuance with one trouble, takes the exit, and looks at what is left (DESIGN.md §4). */
export async function play(
  bank: TestBank,
  client: BankClient,
  customerId: string,
  medium: Medium,
  exit: Exit,
  trouble: Trouble | undefined,
  sim?: VirtualSim,
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-simulation-'));
  const atCounter = counter(folder, sim === undefined ? {} : { sim });
  const journal = freezingJournal(trouble?.kind === 'kill' ? trouble.entry : undefined);
  const line = losingLine(bank, trouble?.kind === 'bank' ? trouble : undefined);
  let station = await startTestStation({
    bank,
    folder,
    counter: atCounter,
    options: { wrapJournal: journal.wrap, bankCheckEveryMs: 3_600_000, bank: line.client },
  });
  try {
    await ready(station);
    const script = medium === 'sim' ? atCounter.cards.script(cardReader) : atCounter.media.script(sdSlot);
    const pullAt = (operation: number, when: 'before' | 'during' | 'after') => {
      if (medium === 'sd-card') atCounter.media.script(sdSlot).pullAt(operation, when);
      else atCounter.cards.script(cardReader).pullAt(operation, when === 'during' ? 'after' : when);
    };
    const before = script.count;
    if (trouble?.kind === 'pull' || trouble?.kind === 'pull-and-kill')
      pullAt(trouble.operation, trouble.when);
    const started = await startIssuance(station, bank, customerId);
    let view: RunView | undefined;
    let runId: string | undefined;
    if (started.ok) {
      ({ runId } = started.value);
      view = await goOn(station, bank, runId, medium);
    }
    if (trouble?.kind === 'kill' || trouble?.kind === 'pull-and-kill') {
      journal.freeze();
      await station.stop();
      station = await startTestStation({
        bank,
        folder,
        counter: atCounter,
        options: { wrapJournal: freezingJournal(undefined).wrap, bankCheckEveryMs: 3_600_000 },
      });
      atCounter.putBack();
      await ready(station);
      [view] = must(await station.teller.call('runs.list', {})).runs;
      runId = view?.runId;
    }
    script.clear();
    atCounter.putBack();
    if (trouble && runId !== undefined && view?.state.kind === 'failed') {
      await recognised(station, medium);
      if (trouble.kind === 'pull' && trouble.again !== undefined) pullAt(trouble.again, trouble.when);
      view = await leave(station, bank, runId, medium, exit);
    }
    const operations = script.count - before;
    // What was planned for an exit that was shorter must not meet the inspection.
    script.clear();
    atCounter.putBack();
    const exchanges = line.count();
    line.mend();
    const broken = await invariants(station, client, customerId, medium, view, atCounter);
    return {
      outcome: view ? inWords(view) : 'never started',
      broken,
      operations,
      entries: journal.count(),
      exchanges,
    };
  } finally {
    await station.stop();
    await endCards(client, customerId);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes the exit again while it meets something that the exit itself cures. */
async function leave(
  station: TestStation,
  bank: TestBank,
  runId: string,
  medium: Medium,
  exit: Exit,
): Promise<RunView> {
  const { teller } = station;
  let view: RunView | undefined;
  for (let tries = 0; tries < 3; tries++) {
    const name = exit === 'resume' ? 'runs.resume' : 'runs.undo';
    await moved(teller, runId, () => teller.call(name, { runId }));
    view = await goOn(station, bank, runId, medium);
    if (view.state.kind === 'completed') break;
    station.counter.putBack();
    await recognised(station, medium);
  }
  if (!view) throw new Error('no exit was taken');
  return view;
}

/** The invariants of DESIGN.md §4 against the bank's own records and what lies on the medium. */
async function invariants(
  station: TestStation,
  client: BankClient,
  customerId: string,
  medium: Medium,
  view: RunView | undefined,
  atCounter: Counter,
): Promise<string[]> {
  const broken: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) broken.push(what);
  };
  const slot = medium === 'sim' ? '9a' : 'file';
  const cards = (await client.must('readCustomer', { customerId })).cards.filter(
    (card) => card.slot === slot,
  );
  const live = cards.filter((card) => !endedStates.has(card.state));
  const certified = cards.filter((card) => card.certificate?.state === 'issued');
  const registered = cards.filter((card) => card.registration?.state === 'active');
  expect(live.length <= 1, `${live.length} live cards`);
  expect(certified.length <= 1, `${certified.length} valid certificates`);
  expect(registered.length <= 1, `${registered.length} active registrations`);

  const technician = await station.window('technician');
  const reader = medium === 'sim' ? cardReader : sdSlot;
  const inspected = must(await technician.call('reprovision.inspect', { reader }));
  const handedOver = cards.filter((card) => card.state === 'delivered' || card.state === 'active');
  for (const card of handedOver) {
    const whole = inspected.content === 'complete' && inspected.bankRecord?.cardId === card.cardId;
    expect(whole, `card ${card.state} but its medium is ${inspected.content}`);
    const wrong = inspected.lines.filter(({ verdict }) => verdict === 'differs' || verdict === 'missing');
    expect(wrong.length === 0, `delivered with ${wrong.map(({ item }) => item).join(', ')} wrong`);
  }
  const done = view?.state.kind === 'completed' ? view.state.outcome : undefined;
  if (done === 'done') expect(active(cards) === 1, 'completed without an active card');
  if (done === 'undone' || view === undefined) {
    expect(live.length === 0 && certified.length === 0, 'undone with something left at the bank');
    expect(inspected.content === 'blank', `undone with the medium ${inspected.content}`);
  }
  expect(done !== undefined || view === undefined, `no exit: ${view ? inWords(view) : ''}`);
  const verified = must(await (await station.window('manager')).call('audit.verify', {}));
  expect(verified.intact, 'the audit chain is broken');
  expect(station.bugs.length === 0, station.bugs.join('\n'));
  expect(medium === 'sd-card' || triesLeft(atCounter) > 1, 'PIN tries were spent');
  return broken;
}

const active = (cards: readonly CardRecord[]): number =>
  cards.filter(({ state }) => state === 'active').length;
const triesLeft = ({ sim }: Counter): number => sim.state.piv.pin.left;

const endedStates: ReadonlySet<string> = new Set(['revoked', 'wiped', 'destroyed']);

/** The next scenario finds the customer without a card. */
async function endCards(client: BankClient, customerId: string): Promise<void> {
  const { cards } = await client.must('readCustomer', { customerId });
  for (const { cardId, state } of cards) {
    if (endedStates.has(state)) continue;
    if (state === 'active') {
      await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId: 'simulation' });
    } else {
      await client.must('compensateCard', { cardId }, { reason: 'end of scenario', mediumWiped: true });
    }
  }
}

/** Bank reached, both media read. */
async function ready(station: TestStation): Promise<void> {
  await bankReached(station);
  await recognised(station, 'sim');
  await recognised(station, 'sd-card');
}

async function bankReached({ teller }: TestStation): Promise<void> {
  await waitFor('the bank', async () => {
    const { connection } = must(await teller.call('station.describe', {}));
    return connection.bank.state === 'connected';
  });
}

const recognised = (station: TestStation, medium: Medium): Promise<void> =>
  recognisedIn(station, medium === 'sim' ? cardReader : sdSlot);

async function waitFor(what: string, isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`waited in vain for ${what}`);
}
