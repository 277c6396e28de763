import {
  portPair,
  serve,
  stationContract,
  type AuditRecord,
  type BankKeysPage,
  type BatchView,
  type CallInput,
  type CardInspection,
  type Connection,
  type CustomerPrompt,
  type EnteredOfficerView,
  type FramePort,
  type Handlers,
  type OfficerCardView,
  type ReaderView,
  type RunView,
  type SignedOutReason,
  type StationContract,
  type StationDescription,
} from '../../../electron/shared/contract/index.ts';
import {
  aboutEnrolment,
  aboutKeyRecord,
  aboutOfficer,
  aboutRelease,
  aboutRevocation,
  officerActLines,
} from '../../../electron/shared/domain/index.ts';
import { officerReaders } from '../../../electron/station/officers/officer-readers.ts';
import type {
  CardRecord,
  MediumKind,
  Officer,
  OfficerAct,
  OfficerCard,
  QuarantinedCard,
} from '../../../electron/shared/domain/index.ts';
import { fail, ok, type Fault } from '../../../electron/shared/result/index.ts';
import {
  auditRecords,
  connection,
  customers,
  description,
  drawerItems,
  filledReaders,
  inspections,
  receipt,
  summary,
} from './fake-data.ts';
import { bankKeyEvents, bankKeysPage } from './fake-bank-keys.ts';
import { batchId } from './fake-batches.ts';
import { traceLines } from './fake-trace.ts';
import { officerCards, withOfficerCard } from './fake-officer-cards.ts';
import { pendingRelease } from './fake-quarantine.ts';
import { issueRunId, wipeRunId } from './fake-runs.ts';

type CallName = keyof StationContract['calls'];

export interface FakeStationOptions {
  readonly signedIn?: 'lina' | 'wangqiang' | 'zhaomin';
  /** Nobody was ever entered. */
  readonly noOfficers?: boolean;
  /** Came with a start password. */
  readonly passwordDue?: boolean;
  /** Entered by a manager, beside those who train. */
  readonly entered?: readonly EnteredOfficerView[];
  /** Signed in with this card; the station asks for its signature. */
  readonly signedInWith?: OfficerCardView;
  /** The card was pulled. */
  readonly locked?: boolean;
  readonly officerCards?: readonly OfficerCard[];
  readonly description?: Partial<StationDescription>;
  readonly connection?: Connection;
  readonly readers?: readonly ReaderView[];
  readonly runs?: readonly RunView[];
  readonly quarantine?: readonly QuarantinedCard[];
  readonly batches?: readonly BatchView[];
  readonly prompt?: CustomerPrompt;
  readonly inspection?: CardInspection;
  readonly cards?: readonly CardRecord[];
  readonly audit?: readonly AuditRecord[];
  readonly auditBroken?: boolean;
  /** The bank has signed for so many records of another log. */
  readonly anotherLogOf?: number;
  readonly bankKeys?: BankKeysPage;
  /** Calls that fail, by name. */
  readonly refuse?: Partial<Record<CallName, Fault>>;
  /** Calls that are never answered, by name. */
  readonly silent?: readonly CallName[];
}

const startPassword = { startPassword: 'K7MP-3XQD-9RTA-W2HF', until: '2026-03-19T06:32:00.000Z' };

/** A station made of canned answers behind the real contract: roles and inputs are checked as in the real one. */
export interface FakeStation {
  readonly officerPort: FramePort;
  readonly customerPort: FramePort;
  /** Every call that reached a handler, in order. */
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  calledWith(name: CallName): readonly unknown[];
  putRun(run: RunView): void;
  putBatch(batch: BatchView): void;
  putReaders(readers: readonly ReaderView[]): void;
  putConnection(next: Connection): void;
  putPrompt(prompt: CustomerPrompt): void;
  /** The officer's card is pulled. */
  lock(): void;
  signOut(reason: SignedOutReason): void;
  /** What the next runs.answer, runs.resume, runs.undo, runs.cancel do; nothing by default. */
  onCall(name: CallName, react: (input: never) => void): void;
}

export function createFakeStation(options: FakeStationOptions = {}): FakeStation {
  const [officerPort, officerEnd] = portPair();
  const [customerPort, customerEnd] = portPair();
  const calls: { name: string; input: unknown }[] = [];
  const reactions = new Map<string, (input: never) => void>();
  const described: StationDescription = {
    ...description,
    ...options.description,
    connection: options.connection ?? connection,
  };
  const record = options.audit ?? auditRecords(18_201);
  let officer: Officer | undefined = described.trainingOfficers
    .map(({ password: _password, cardPin: _cardPin, ...who }) => who)
    .find((who) => who.officerId === options.signedIn);
  let now = {
    connection: options.connection ?? connection,
    readers: [...(options.readers ?? filledReaders)],
  };
  let runs: RunView[] = [...(options.runs ?? [])];
  let keysAccepted = false;
  let quarantine: QuarantinedCard[] = [...(options.quarantine ?? [])];
  let batches: BatchView[] = [...(options.batches ?? [])];
  let locked = options.locked ?? false;
  let passwordDue = options.passwordDue ?? false;
  let noOfficers = options.noOfficers ?? false;
  let everybody: EnteredOfficerView[] = [
    ...described.trainingOfficers.map(({ officerId, name, role }) => ({ officerId, name, role })),
    ...(options.entered ?? []),
  ];
  let cardsOfOfficers: OfficerCard[] = [...(options.officerCards ?? officerCards)];
  let actsPrepared = 0;
  let prompt: CustomerPrompt = options.prompt ?? { kind: 'idle' };
  let drawer = drawerItems.map((item) => ({
    ...item,
    inReader: 'inReader' in item ? item.inReader : undefined,
  }));

  const runOf = (runId: string) => {
    const run = runs.find((candidate) => candidate.runId === runId);
    return run ? ok(run) : fail('run-unknown', { runId });
  };
  const lastKind = (): MediumKind => runs[0]?.subject.mediumKind ?? 'sim';

  const answers: Handlers<StationContract> = {
    'station.describe': () => ok(described),
    'station.setLocale': ({ locale }) => {
      officerServing.emit('locale.changed', { locale });
      customerServing.emit('locale.changed', { locale });
      return ok({});
    },
    'officers.session': () =>
      ok({
        ...(officer && { officer }),
        ...(options.signedInWith && { certificateSha256: options.signedInWith.certificateSha256 }),
        ...(locked && { locked }),
        ...(officer && passwordDue && { passwordDue }),
        ...(!officer && noOfficers && { noOfficers }),
      }),
    'officers.signIn': ({ officerId, password }) => {
      const known = described.trainingOfficers.find((who) => who.officerId === officerId);
      if (known?.password !== password) return fail('sign-in-refused');
      officer = { officerId: known.officerId, name: known.name, role: known.role };
      return ok(officer);
    },
    'officers.unlock': ({ pin }) => {
      const known = described.trainingOfficers.find((who) => who.officerId === officer?.officerId);
      if (!officer || known?.cardPin !== pin) {
        now = { ...now, readers: now.readers.map(withTriesLeft(2)) };
        officerServing.emit('officers.readersChanged', { readers: officerReaders(now.readers) });
        return fail('officer-pin-wrong', { triesLeft: 2 });
      }
      locked = false;
      return ok(officer);
    },
    'officers.enterFirst': ({ officerId, name }) => {
      noOfficers = false;
      everybody = [{ officerId, name, role: 'manager' }];
      return ok({});
    },
    'officers.readmitManager': () => ok({}),
    'officers.replacePassword': () => {
      passwordDue = false;
      return officer ? ok(officer) : fail('session-expired');
    },
    'officers.enter': ({ officerId, name, role }) => {
      everybody = [
        ...everybody.filter((each) => each.officerId !== officerId),
        { officerId, name, role, startPasswordUntil: startPassword.until },
      ];
      return ok(startPassword);
    },
    'officers.giveStartPassword': () => ok(startPassword),
    'officers.end': ({ officerId }) => {
      everybody = everybody.map((each) =>
        each.officerId === officerId ? { ...each, endedAt: '2026-03-12T06:32:00.000Z' } : each,
      );
      return ok({});
    },
    'officers.readers': () => ok({ readers: officerReaders(now.readers) }),
    'officers.list': () =>
      ok({
        officers: everybody,
        cards: cardsOfOfficers,
      }),
    'officers.prepareAct': (order) =>
      ok({
        ...(options.signedInWith && { actId: `act-${(actsPrepared += 1).toString()}` }),
        lines: linesOf(order, cardsOfOfficers),
      }),
    'officers.enrolCard': ({ officerId }) => {
      const [first] = officerCards;
      const who = described.trainingOfficers.find((each) => each.officerId === officerId);
      if (!first || !who) return fail('bad-input', { field: 'officerId' });
      const { name, role } = who;
      const card: OfficerCard = { ...first, officerId, name, role, certificateSha256: 'e7'.repeat(32) };
      cardsOfOfficers = [card, ...cardsOfOfficers.filter((each) => each.officerId !== officerId)];
      return ok({ card });
    },
    'officers.revokeCard': ({ certificateSha256, reason }) => {
      const found = cardsOfOfficers.find((each) => each.certificateSha256 === certificateSha256);
      if (!found) return fail('officer-card-unknown');
      const card: OfficerCard = { ...found, state: 'revoked', reason };
      cardsOfOfficers = cardsOfOfficers.map((each) => (each === found ? card : each));
      return ok({ card });
    },
    'training.insertOfficerCard': ({ officerId }) => {
      const who = described.trainingOfficers.find((each) => each.officerId === officerId);
      const known = officerCards.find((each) => each.officerId === officerId) ?? officerCards[0];
      if (!who || !known) return fail('bad-input', { field: 'officerId' });
      const { branch, certificateSha256, notAfter } = known;
      const { name, role } = who;
      const view = withOfficerCard({
        officerId,
        name,
        role,
        branch,
        certificateSha256,
        notAfter,
        triesLeft: 3,
        pinAtReader: false,
      });
      now = { ...now, readers: [...now.readers.filter(({ reader }) => reader !== view.reader), view] };
      officerServing.emit('officers.readersChanged', { readers: officerReaders(now.readers) });
      return ok({ reader: view.reader });
    },
    'officers.signOut': () => {
      officer = undefined;
      locked = false;
      officerServing.emit('officers.signedOut', { reason: 'asked' });
      return ok({});
    },
    'devices.list': () => ok(now),
    'devices.restart': () => ok({}),
    'devices.trace': ({ reader, runId }) =>
      ok({
        lines: traceLines.filter(
          (line) =>
            (reader === undefined || line.reader === reader) && (runId === undefined || line.runId === runId),
        ),
      }),
    'devices.saveDiagnostics': () =>
      ok({
        path: '/home/branch/receipts/TRAINING-diagnostics-01JPA5WI-1773297130000.json',
        sha256: '9f2c4d1be07a53886c1fd0a4b9e2775310c8e6aa42d97bf1655e0c3b8a91d7f4',
      }),
    'training.drawer': () =>
      ok({
        items: drawer.map(({ inReader, ...item }) => ({
          ...item,
          ...(inReader !== undefined && { inReader }),
        })),
      }),
    'training.insert': ({ itemId, reader }) => {
      drawer = drawer.map((item) =>
        item.itemId === itemId ? { ...item, inReader: reader } : item,
      ) as typeof drawer;
      return ok({});
    },
    'training.remove': ({ reader }) => {
      drawer = drawer.map((item) => (item.inReader === reader ? { ...item, inReader: undefined } : item));
      return ok({});
    },
    'training.pullAt': () => ok({}),
    'training.newItem': () => ok({ itemId: 'new-1' }),
    'customers.find': ({ query }) => {
      const wanted = query.toLowerCase();
      const found = customers.filter((customer) =>
        [customer.name, customer.nameLatin, customer.customerId, customer.phone, customer.document.number]
          .join(' ')
          .toLowerCase()
          .includes(wanted),
      );
      return ok({
        customers: found.map(({ customerId, name, nameLatin, birthDate, blocked, document }) => ({
          customerId,
          name,
          nameLatin,
          birthDate,
          blocked,
          documentNumber: document.number,
        })),
      });
    },
    'customers.read': ({ customerId }) => {
      const customer = customers.find((candidate) => candidate.customerId === customerId);
      return customer ? ok({ customer, cards: [...(options.cards ?? [])] }) : fail('customer-unknown');
    },
    'issuance.start': () => ok({ runId: issueRunId }),
    'issuance.receipt': () => ok(receipt(lastKind())),
    'issuance.printReceipt': () => ok({ path: '/home/branch/receipts/CW-20260312-0047-training.pdf' }),
    'runs.list': () => ok({ runs }),
    'runs.read': ({ runId }) => runOf(runId),
    'runs.answer': () => ok({}),
    'runs.cancel': () => ok({}),
    'runs.resume': () => ok({}),
    'runs.undo': () => ok({}),
    'reprovision.inspect': () => ok(options.inspection ?? inspections.complete),
    'reprovision.wipe': () => ok({ runId: wipeRunId }),
    'reprovision.upgradeClient': () => ok({ runId: wipeRunId }),
    'reprovision.upgradeApplet': () => ok({ runId: wipeRunId }),
    'reprovision.restartChain': () => ok({ runId: wipeRunId }),
    'batches.list': ({ limit }) => ok({ batches: batches.slice(0, limit) }),
    'batches.start': () => ok({ batchId }),
    'batches.goOn': () => ok({}),
    'batches.stop': () => ok({}),
    'batches.setAside': () => ok({}),
    'batches.export': () =>
      ok({
        path: '/home/branch/receipts/TRAINING-batch-4f1c09aa-zh-CN.csv',
        sha256: '9f2c4d1be07a53886c1fd0a4b9e2775310c8e6aa42d97bf1655e0c3b8a91d7f4',
      }),
    'quarantine.list': () => ok({ cards: quarantine }),
    'quarantine.askRelease': ({ mediumIdentity, finding, reason }) => {
      quarantine = quarantine.map((card) =>
        card.mediumIdentity === mediumIdentity
          ? { ...card, pending: { ...pendingRelease, finding, reason } }
          : card,
      );
      return ok({ releaseId: pendingRelease.releaseId });
    },
    'quarantine.decide': ({ approved }) => {
      quarantine = approved
        ? quarantine.filter((card) => card.pending === undefined)
        : quarantine.map(({ pending: _pending, ...card }) => card);
      return ok({ released: approved });
    },
    'audit.search': ({ filter, before, limit }) => {
      const matching = record.filter(
        (entry) =>
          (filter.outcome === undefined || entry.outcome === filter.outcome) &&
          (filter.event === undefined || entry.event === filter.event) &&
          (filter.officerId === undefined || entry.officerId === filter.officerId) &&
          (filter.text === undefined || JSON.stringify(entry).includes(filter.text)),
      );
      return ok({
        records: matching.filter((entry) => before === undefined || entry.sequence < before).slice(0, limit),
        total: matching.length,
      });
    },
    'audit.story': ({ cardId }) =>
      ok({ records: record.filter((entry) => entry.cardId === cardId).toReversed() }),
    'audit.verify': () =>
      ok({
        intact: options.auditBroken !== true && options.anotherLogOf === undefined,
        records: record.length,
        verifiedAt: new Date(Date.now()).toISOString(),
        headHash: record[0]?.hash ?? '',
        anchored: record.length,
        ...(options.auditBroken === true && { brokenAt: 12_077 }),
        ...(options.anotherLogOf !== undefined && {
          brokenAt: record.length + 1,
          anchored: options.anotherLogOf,
          bankHasAnother: true,
        }),
      }),
    'audit.bankKeys': ({ before, limit }) => {
      const given = options.bankKeys ?? bankKeysPage(bankKeyEvents);
      const { finding: _finding, brokenAt: _brokenAt, ...measured } = given;
      const page = keysAccepted ? measured : given;
      return ok({
        ...page,
        events: page.events.filter(({ number }) => before === undefined || number < before).slice(0, limit),
      });
    },
    'audit.acceptBankKeys': () => {
      keysAccepted = true;
      return ok({});
    },
    'audit.exportEvidence': ({ sequence }) =>
      ok({
        path: `/home/branch/receipts/TRAINING-evidence-${sequence.toString()}-1773297130000`,
        sha256: '9f2c4d1be07a53886c1fd0a4b9e2775310c8e6aa42d97bf1655e0c3b8a91d7f4',
      }),
    'audit.summary': () => ok(record.length === 0 ? { days: [], failuresByStep: [] } : summary),
    'customer.prompt': () => ok(prompt),
    'customer.progress': () => ok({}),
    'customer.answer': () => ok({}),
  };

  const handlers = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      (input: never, caller: never) => {
        calls.push({ name, input });
        if (options.silent?.includes(name as CallName)) return new Promise(() => {});
        const refused = options.refuse?.[name as CallName];
        if (refused) return { ok: false, fault: refused };
        const result: unknown = (answer as (i: never, c: never) => unknown)(input, caller);
        // After the reply, as in the real station: commands return at once, what happens shows in events.
        queueMicrotask(() => {
          reactions.get(name)?.(input);
        });
        return result;
      },
    ]),
  ) as unknown as Handlers<StationContract>;

  const onBug = (name: string, error: unknown): void => {
    throw new Error(`fake station, ${name}: ${String(error)}`);
  };
  const officerServing = serve(stationContract, officerEnd, handlers, {
    caller: () => ({
      role: locked ? 'locked' : officer && passwordDue ? 'password-due' : (officer?.role ?? 'signed-out'),
      officerId: officer?.officerId,
    }),
    onBug,
  });
  const customerServing = serve(stationContract, customerEnd, handlers, {
    caller: () => ({ role: 'customer-screen', officerId: undefined }),
    onBug,
  });

  return {
    officerPort,
    customerPort,
    calls,
    calledWith: (name) => calls.filter((call) => call.name === name).map((call) => call.input),
    putRun(run) {
      runs = [run, ...runs.filter((other) => other.runId !== run.runId)];
      officerServing.emit('runs.changed', run);
    },
    putBatch(batch) {
      batches = [batch, ...batches.filter((other) => other.batchId !== batch.batchId)];
      officerServing.emit('batches.changed', batch);
    },
    putReaders(next) {
      now = { ...now, readers: [...next] };
      officerServing.emit('devices.changed', now);
      officerServing.emit('officers.readersChanged', { readers: officerReaders(now.readers) });
    },
    putConnection(next) {
      now = { ...now, connection: next };
      officerServing.emit('connection.changed', next);
    },
    putPrompt(next) {
      prompt = next;
      customerServing.emit('customer.promptChanged', next);
    },
    lock() {
      locked = true;
      officerServing.emit('officers.locked', {});
    },
    signOut(reason) {
      officer = undefined;
      officerServing.emit('officers.signedOut', { reason });
    },
    onCall(name, react) {
      reactions.set(name, react);
    },
  };
}

/** After a wrong PIN. */
const withTriesLeft =
  (triesLeft: number) =>
  (view: ReaderView): ReaderView =>
    view.medium?.officerCard
      ? { ...view, medium: { ...view.medium, officerCard: { ...view.medium.officerCard, triesLeft } } }
      : view;

/** What a card would sign, as the real station makes it. */
function linesOf(
  order: CallInput<StationContract, 'officers.prepareAct'>,
  cards: readonly OfficerCard[],
): [string, string][] {
  const head = {
    bankId: 'CW',
    stationId: 'ST-0101',
    officerId: 'wangqiang',
    at: new Date(Date.now()).toISOString(),
  };
  const zhaomin = { officerId: 'zhaomin', name: '赵敏 Zhao Min', role: 'technician' } as const;
  const act = ((): OfficerAct => {
    switch (order.act) {
      case 'enter-officer':
        return { ...head, act: 'enter-officer', about: aboutOfficer(order) };
      case 'give-start-password':
        return { ...head, act: 'give-start-password', about: aboutOfficer(zhaomin) };
      case 'end-officer':
        return { ...head, act: 'end-officer', about: aboutOfficer(zhaomin) };
      case 'decide-release':
        return {
          ...head,
          act: order.approved ? 'release-from-quarantine' : 'leave-in-quarantine',
          about: aboutRelease({
            ...pendingRelease,
            mediumIdentity: '0f3a5be27731904c0f3a5be27731904c',
            note: order.reason,
          }),
        };
      case 'enrol-card':
        return {
          ...head,
          act: 'enrol-officer-card',
          about: aboutEnrolment({
            ...zhaomin,
            officerId: order.officerId,
            branch: 'Chaoyang Branch',
            mediumIdentity: '02de43d9',
          }),
        };
      case 'accept-key-record':
        return {
          ...head,
          act: 'accept-key-record',
          about: aboutKeyRecord({
            ...order,
            seenBefore: {
              size: 9,
              headHash: '81fe40'.padEnd(64, '03c9a7d2'),
              at: '2026-03-11T08:15:00.000Z',
            },
            finding: 'shrank',
          }),
        };
      case 'revoke-card':
        return {
          ...head,
          act: 'revoke-officer-card',
          about: aboutRevocation({
            certificateSha256: order.certificateSha256,
            officerId:
              cards.find((each) => each.certificateSha256 === order.certificateSha256)?.officerId ?? '',
            reason: order.reason,
          }),
        };
    }
  })();
  return officerActLines(act).map(([name, value]) => [name, value]);
}
