import type {
  BatchView,
  CardAndPin,
  Connection,
  ReaderView,
  RunView,
  SignedOutReason,
  StationDescription,
} from '../../electron/shared/contract/index.ts';
import type { Officer } from '../../electron/shared/domain/index.ts';
import { ok, type Fault, type Result } from '../../electron/shared/result/index.ts';
import type { StationClient, StationInput } from './station-client.ts';

/** What the officer's window knows of the station at this moment. Never guessed, only told. */
export interface StationSnapshot {
  /** Not there until the station has described itself. */
  readonly description: StationDescription | undefined;
  /** Why it could not. */
  readonly fault: Fault | undefined;
  readonly session: 'unknown' | 'signed-out' | 'signed-in';
  readonly officer: Officer | undefined;
  /** Signed in with this card; absent: with the password alone. */
  readonly certificateSha256: string | undefined;
  /** The officer's card is out of its reader. */
  readonly locked: boolean;
  /** The officer came with a start password and chooses another one first. */
  readonly passwordDue: boolean;
  /** Nobody was ever entered at this station. */
  readonly noOfficers: boolean;
  readonly signedOutBecause: SignedOutReason | undefined;
  readonly connection: Connection | undefined;
  readonly readers: readonly ReaderView[];
  /** Newest first; the finished ones of this session and all unfinished ones. */
  readonly runs: readonly RunView[];
  readonly runsLoaded: boolean;
  /** Newest first; only for those who work with them. */
  readonly batches: readonly BatchView[];
  readonly batchesLoaded: boolean;
}

export interface StationStore {
  snapshot(): StationSnapshot;
  subscribe(listener: () => void): () => void;
  /** Returns how to stop. */
  start(): () => void;
  signIn(officerId: string, password: string, card?: CardAndPin): Promise<Result<Officer>>;
  /** Nobody works here yet: the first manager is entered, and signed in at once. */
  enterFirst(manager: StationInput<'officers.enterFirst'>): Promise<Result<void>>;
  replacePassword(password: string): Promise<Result<void>>;
  /** The card is back: what happened meanwhile is read anew. */
  unlocked(): Promise<void>;
  signOut(): Promise<void>;
}

const shownBatches = 20;

const nothing: StationSnapshot = {
  description: undefined,
  fault: undefined,
  session: 'unknown',
  officer: undefined,
  certificateSha256: undefined,
  locked: false,
  passwordDue: false,
  noOfficers: false,
  signedOutBecause: undefined,
  connection: undefined,
  readers: [],
  runs: [],
  runsLoaded: false,
  batches: [],
  batchesLoaded: false,
};

export function createStationStore(client: StationClient): StationStore {
  let current = nothing;
  const listeners = new Set<() => void>();

  const put = (change: Partial<StationSnapshot>) => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };

  const putRun = (run: RunView) => {
    const others = current.runs.filter((other) => other.runId !== run.runId);
    put({ runs: [run, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt)) });
  };

  const putBatch = (batch: BatchView) => {
    const others = current.batches.filter((other) => other.batchId !== batch.batchId);
    put({ batches: [batch, ...others].sort((a, b) => b.startedAt.localeCompare(a.startedAt)) });
  };

  const readBatches = async (officer: Officer) => {
    if (officer.role === 'teller') return;
    const listed = await client.call('batches.list', { limit: shownBatches });
    if (current.officer?.officerId !== officer.officerId) return;
    if (listed.ok) put({ batches: listed.value.batches, batchesLoaded: true });
  };

  const signedIn = async (officer: Officer, certificateSha256: string | undefined) => {
    put({
      session: 'signed-in',
      officer,
      certificateSha256,
      locked: false,
      signedOutBecause: undefined,
    });
    await readWork(officer);
  };

  const readWork = async (officer: Officer) => {
    const [devices, runs] = await Promise.all([
      client.call('devices.list', {}),
      client.call('runs.list', {}),
      readBatches(officer),
    ]);
    if (current.officer?.officerId !== officer.officerId) return;
    if (devices.ok) put({ readers: devices.value.readers, connection: devices.value.connection });
    if (runs.ok)
      put({
        runs: runs.value.runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt)),
        runsLoaded: true,
      });
  };

  const signedOut = (reason: SignedOutReason) =>
    put({
      session: 'signed-out',
      officer: undefined,
      certificateSha256: undefined,
      locked: false,
      passwordDue: false,
      signedOutBecause: reason,
      readers: [],
      runs: [],
      runsLoaded: false,
      batches: [],
      batchesLoaded: false,
    });

  const describe = async () => {
    const described = await client.call('station.describe', {});
    if (!described.ok) {
      put({ fault: described.fault });
      return;
    }
    put({ description: described.value, connection: described.value.connection, fault: undefined });
    const session = await client.call('officers.session', {});
    const {
      officer,
      certificateSha256,
      locked = false,
      passwordDue = false,
      noOfficers = false,
    } = session.ok ? session.value : {};
    if (!officer) put({ session: 'signed-out', noOfficers });
    else if (locked || passwordDue)
      put({ session: 'signed-in', officer, certificateSha256, locked, passwordDue });
    else await signedIn(officer, certificateSha256);
  };

  const signIn: StationStore['signIn'] = async (officerId, password, card) => {
    const result = await client.call('officers.signIn', { officerId, password, ...(card && { card }) });
    if (!result.ok) return result;
    const { certificateSha256, passwordDue = false, ...officer } = result.value;
    if (passwordDue) put({ session: 'signed-in', officer, certificateSha256, passwordDue, locked: false });
    else await signedIn(officer, certificateSha256);
    return ok(officer);
  };

  return {
    snapshot: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      const stops = [
        client.on('connection.changed', (connection) => put({ connection })),
        client.on('devices.changed', ({ readers, connection }) => put({ readers, connection })),
        client.on('runs.changed', putRun),
        client.on('batches.changed', putBatch),
        client.on('officers.locked', () => put({ locked: true })),
        client.on('officers.signedOut', ({ reason }) => signedOut(reason)),
      ];
      void describe();
      return () => {
        for (const stop of stops) stop();
      };
    },
    signIn,
    async enterFirst(manager) {
      const entered = await client.call('officers.enterFirst', manager);
      // Another window was faster: there is somebody to sign in as.
      if (entered.ok || entered.fault.code === 'officers-entered-already') put({ noOfficers: false });
      if (!entered.ok) return entered;
      await signIn(manager.officerId, manager.password);
      return ok();
    },
    async replacePassword(password) {
      const replaced = await client.call('officers.replacePassword', { password });
      if (!replaced.ok) return replaced;
      put({ passwordDue: false });
      await signedIn(replaced.value, current.certificateSha256);
      return ok();
    },
    async unlocked() {
      if (!current.officer) return;
      if (current.passwordDue) put({ locked: false });
      else await signedIn(current.officer, current.certificateSha256);
    },
    async signOut() {
      const result = await client.call('officers.signOut', {});
      if (result.ok && current.session === 'signed-in') signedOut('asked');
    },
  };
}
