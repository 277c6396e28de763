import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  connect,
  portPair,
  stationContract,
  type RunView,
  type StationConnection,
  type StationContract,
} from '../../electron/shared/contract/index.ts';
import type { KeyAlgorithm } from '../../electron/shared/domain/index.ts';
import { fail, ok, type Result } from '../../electron/shared/result/index.ts';
import type { BankClient } from '../../electron/station/bank/bank-client.ts';
import { httpsBankClient } from '../../electron/station/bank/https-bank-client.ts';
import { startStation, type Station, type StationOptions } from '../../electron/station/index.ts';
import { trainingOfficers } from '../../electron/station/officers/training-officers.ts';
import {
  createMedium,
  virtualCardDriver,
  virtualMediaDriver,
  virtualPivCard,
  type VirtualBankCard,
  type VirtualCardDriver,
  type VirtualMediaDriver,
  type VirtualMedium,
  type VirtualPivCard,
} from '../../native/virtual/index.ts';
import { sealSecret } from './seal-secret.ts';
import type { TestBank } from './start-bank.ts';

export type Screen = StationConnection<StationContract>;

export const cardReader = 'Virtual reader';
export const sdSlot = 'Virtual slot';

/** A SIM with PIV alone, or one with a domain and the files of a subscription. */
export type VirtualSim = VirtualPivCard | VirtualBankCard;

/** Readers with a blank SIM and a blank SD card in them; they outlive a station that is killed. */
export interface Counter {
  readonly cards: VirtualCardDriver;
  readonly media: VirtualMediaDriver;
  readonly sim: VirtualSim;
  readonly sd: VirtualMedium;
  /** Whatever was pulled is put back. */
  putBack(): void;
}

export const counter = (folder: string, options: { sim?: VirtualSim; sd?: VirtualMedium } = {}): Counter => {
  const cards = virtualCardDriver([cardReader, 'Second reader']);
  const media = virtualMediaDriver([{ slot: sdSlot, label: sdSlot }]);
  const sim = options.sim ?? virtualPivCard({ form: 'sim' });
  const sd = options.sd ?? createMedium(mkdtempSync(join(folder, 'sd-')));
  const putBack = () => {
    cards.insert(cardReader, sim);
    media.insert(sdSlot, sd);
  };
  putBack();
  return { cards, media, sim, sd, putBack };
};

export interface TestStation {
  readonly station: Station;
  readonly folder: string;
  readonly counter: Counter;
  readonly teller: Screen;
  readonly customer: Screen;
  readonly bugs: string[];
  /** Signs another officer in at a window of their own. */
  window(role: 'teller' | 'manager' | 'technician'): Promise<Screen>;
  stop(): Promise<void>;
}

/** What a station needs to know of its bank. */
export interface BankOfStation {
  readonly stationFolder: string;
  readonly server: { readonly apiOrigin: string };
}

export interface StationSetUp {
  readonly bank: BankOfStation;
  readonly folder?: string;
  readonly counter?: Counter;
  readonly options?: Partial<StationOptions>;
  /** The bank keeps this station's log. Only for one at each bank: they all have the same certificate. */
  readonly isAnchored?: boolean;
  /** The teller's window as it is before sign-in: the station takes no password alone. */
  readonly isTellerOut?: boolean;
}

export const clientOf = (bank: BankOfStation): BankClient => {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  return httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
};

/** Another log under the same certificate would be a rewritten one to the bank, and rightly. */
const withoutAnchoring = (client: BankClient): BankClient => ({
  ...client,
  call: (name, ...rest) =>
    name === 'readTreeHead' || name === 'anchorAudit'
      ? Promise.resolve(fail('bank-unreachable', {}))
      : client.call(name, ...rest),
});

/** A whole station in this process over a real bank and virtual devices. */
export const startTestStation = async ({
  bank,
  options,
  isAnchored = false,
  isTellerOut = false,
  ...given
}: StationSetUp): Promise<TestStation> => {
  const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'cardwright-station-'));
  const atCounter = given.counter ?? counter(folder);
  const bugs: string[] = [];
  const started = await startStation({
    dataFolder: join(folder, 'data'),
    credentialsFolder: bank.stationFolder,
    bankOrigin: bank.server.apiOrigin,
    training: true,
    receiptFolder: join(folder, 'receipts'),
    host: {
      kind: 'none',
      async printToPdf(html, file) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, html);
        return ok();
      },
    },
    phoneClient: () => Promise.resolve(tinyClient),
    devices: { cards: atCounter.cards, media: atCounter.media, training: undefined, stop: async () => {} },
    onBug: (where, error) => bugs.push(`${where}: ${error instanceof Error ? (error.stack ?? '') : ''}`),
    ...options,
    bank: isAnchored ? options?.bank : withoutAnchoring(options?.bank ?? clientOf(bank)),
  });
  if (!started.ok) throw new Error(`the station did not start: ${JSON.stringify(started.fault)}`);
  const station = started.value;
  const open = (seat: 'officer' | 'customer'): Screen => {
    const [screenEnd, stationEnd] = portPair();
    station.attach(stationEnd, seat);
    return connect(stationContract, screenEnd);
  };
  const window = async (role: 'teller' | 'manager' | 'technician'): Promise<Screen> => {
    const screen = open('officer');
    const { officerId, password } = trainingOfficers.find((officer) => officer.role === role)!;
    must(await screen.call('officers.signIn', { officerId, password }));
    return screen;
  };
  return {
    station,
    folder,
    counter: atCounter,
    teller: isTellerOut ? open('officer') : await window('teller'),
    customer: open('customer'),
    bugs,
    window,
    async stop() {
      await station.stop();
      if (given.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A phone client of a few bytes in the form the real one has. */
export const tinyClientOf = (version: string): string =>
  `<!doctype html><meta name="cardwright-client-version" content="${version}"><script type="application/json" id="cardwright-credential">null</script>`;
export const tinyClient = tinyClientOf('0.1.0');

export const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

/** Resolves with the first view of the run that fits. */
export const until = async (
  screen: Screen,
  runId: string,
  fits: (view: RunView) => boolean,
): Promise<RunView> => {
  // Listening before reading: what happens between the two must not be missed.
  const { promise, resolve } = Promise.withResolvers<RunView>();
  const stop = screen.on('runs.changed', (view) => {
    if (view.runId === runId && fits(view)) resolve(view);
  });
  const now = must(await screen.call('runs.read', { runId }));
  if (fits(now)) resolve(now);
  const view = await promise;
  stop();
  return view;
};

/** The run stands still: it asks, failed or ended. */
export const settled = (screen: Screen, runId: string): Promise<RunView> =>
  until(screen, runId, ({ state }) => state.kind !== 'working' && state.kind !== 'undoing');

/** Does something that makes the run move, and waits until it stands still again. */
export const moved = async (
  screen: Screen,
  runId: string,
  act: () => Promise<Result<object>>,
): Promise<RunView> => {
  const changed = new Promise<void>((resolve) => {
    const stop = screen.on('runs.changed', (view) => {
      if (view.runId !== runId) return;
      stop();
      resolve();
    });
  });
  must(await act());
  await changed;
  return settled(screen, runId);
};

/** The station has read what is in a reader. */
export const recognisedIn = async ({ teller }: TestStation, reader: string): Promise<void> => {
  for (let tries = 0; tries < 2000; tries++) {
    const { readers } = must(await teller.call('devices.list', {}));
    const view = readers.find((each) => each.reader === reader);
    if (view?.medium && !view.medium.refusals.some(({ code }) => code === 'reader-busy')) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`waited in vain for the medium in ${reader}`);
};

/** The state in a few words, for lists of states. */
export const inWords = ({ state }: RunView): string => {
  switch (state.kind) {
    case 'working':
      return `working ${state.step}`;
    case 'asking':
      return `asking ${state.ask.kind}`;
    case 'undoing':
      return `undoing ${state.step}`;
    case 'completed':
      return `completed ${state.outcome}`;
    case 'failed':
      return `failed ${state.at} ${state.fault.code}`;
  }
};

export interface Typed {
  readonly accountPin?: string;
  readonly loginPassword?: string;
  readonly cardPin?: string;
}

/** A station that was started again shows it once it has reached the bank. */
const secretsPrompt = async (customer: Screen) => {
  for (let tries = 0; ; tries++) {
    const prompt = must(await customer.call('customer.prompt', {}));
    if (prompt.kind === 'enter-secrets') return prompt;
    if (tries === 1000) throw new Error(`the customer's screen shows ${prompt.kind}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** The customer answers whatever their screen asks for. */
export const typeSecrets = async (
  { customer }: TestStation,
  bank: TestBank,
  typed: Typed = {},
): Promise<Result<object>> => {
  const prompt = await secretsPrompt(customer);
  const { runId, askId, customerId, envelopeKey, fields } = prompt;
  const known = bank.trainingSecrets[customerId]!;
  const seal = (purpose: 'account-pin' | 'login-password', text: string) =>
    sealSecret(envelopeKey, purpose, customerId, text);
  return customer.call('customer.answer', {
    runId,
    askId,
    ...(fields.includes('account-pin') && {
      accountPin: await seal('account-pin', typed.accountPin ?? known.accountPin),
    }),
    ...(fields.includes('login-password') && {
      loginPassword: await seal('login-password', typed.loginPassword ?? known.suggestedLoginPassword),
    }),
    ...(fields.includes('card-pin') && { cardPin: typed.cardPin ?? '482913' }),
  });
};

/** Starts an issuance for a training customer with their own document in hand. */
export const startIssuance = async (
  { teller }: TestStation,
  bank: TestBank,
  customerId: string,
): Promise<Result<{ runId: string }>> => {
  const { document, accounts } = bank.customers.find((each) => each.customerId === customerId)!;
  return teller.call('issuance.start', {
    customerId,
    account: accounts[0]!.number,
    identity: { document, differences: [], accepted: true },
  });
};

/** Answers every question of the run until it stands still for another reason. */
export const goOn = async (
  station: TestStation,
  bank: TestBank,
  runId: string,
  kind: 'sim' | 'sd-card',
  typed: Typed = {},
  algorithm: KeyAlgorithm = 'p-256',
  reader: string = kind === 'sim' ? cardReader : sdSlot,
): Promise<RunView> => {
  const { teller } = station;
  let view = await settled(teller, runId);
  while (view.state.kind === 'asking') {
    const { askId, kind: question } = view.state.ask;
    const answers = (answer: unknown) => teller.call('runs.answer', { runId, askId, answer });
    view = await moved(teller, runId, () => {
      if (question === 'customer-secrets') return typeSecrets(station, bank, typed);
      if (question === 'hand-over') return answers({ customerConfirmed: true });
      return answers({ reader, kind, algorithm });
    });
  }
  return view;
};
