import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStore } from '../../../electron/bank-server/store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import { ratioOf, spreadOf, type Bench, type BenchResult, type Bound, type Row } from '../bench.ts';
import { hasCfssl, startCfssl } from './cfssl.ts';
import { countSyncs } from './count-syncs.ts';
import { cpuTime, withChildren } from './cpu-time.ts';
import { openLoadConnection, requestBytes, type LoadConnection } from './load-connection.ts';
import { reserveCards, type ReservedCard } from './reserved-cards.ts';

/*
 * A card's certificate over EST, from the request to the answer: the request checked, the certificate signed
 * and recorded, the card moved, its transitions written, all of it on the disk. Beside it `cfssl serve` with
 * its certificate database, which signs and records; in the same run, turn by turn, eight connections each.
 * Ours speaks TLS 1.3 with client certificates, cfssl plain HTTP.
 */

const CONNECTIONS = 8;
const cores = availableParallelism();
/** With fewer, the first process, the database and the client have them all already. */
const CORES_FOR_TWO = 4;

interface Measured {
  /** Milliseconds for one enrolment, when eight go on at once: the round's time over their number. */
  readonly each: number;
  readonly waits: readonly number[];
}

const measure = async (
  count: number,
  work: (at: number, who: number) => Promise<unknown>,
): Promise<Measured> => {
  let next = 0;
  const waits: number[] = [];
  const since = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, who) => {
      while (next < count) {
        const at = next;
        next += 1;
        const asked = performance.now();
        await work(at, who);
        waits.push(performance.now() - asked);
      }
    }),
  );
  return { each: (performance.now() - since) / count, waits };
};

const inLines = (der: Buffer): string => der.toString('base64').replace(/.{64}/g, '$&\n');

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${inLines(der)}\n-----END CERTIFICATE REQUEST-----\n`;

const enrolment = ({ request }: ReservedCard): Buffer =>
  requestBytes(
    '/.well-known/est/card-p256/simpleenroll',
    { 'Content-Type': 'application/pkcs10', 'Content-Transfer-Encoding': 'base64' },
    inLines(request),
  );

const send = async (connection: LoadConnection, request: Buffer, good: string): Promise<void> => {
  const answer = await connection.send(request);
  if (answer.status !== 200 || !answer.body.includes(good)) throw new Error(answer.body);
};

const percentile99 = (waits: readonly number[]): number =>
  waits.toSorted((one, other) => one - other)[Math.ceil(waits.length * 0.99) - 1] ?? Number.NaN;

interface Store {
  readonly name: 'PostgreSQL' | 'SQLite';
  newDatabase(name: string): Promise<string>;
  /** Processes that write to its disk, besides the bank's own. */
  readonly writers: () => readonly number[];
  /** Of cfssl's time, that ours may take. */
  readonly atMost: number;
  /** How many processes of ours serve, each number in its turn; the last is the one that is held to cfssl. */
  readonly processes: readonly number[];
}

interface Load {
  readonly rounds: number;
  readonly perRound: number;
  /** Enrolments until a process's code is compiled as it will stay: V8 goes on for ten thousand. */
  readonly warmUp: number;
}

/** One number of our processes. */
interface Serving {
  readonly processes: number;
  readonly server: ServingProcess;
  readonly connections: readonly LoadConnection[];
  readonly each: number[];
}

const benchOn = async (
  store: Store,
  folder: string,
  { rounds, perRound, warmUp }: Load,
): Promise<{ rows: Row[]; bounds: Bound[]; conditions: string[] }> => {
  const url = await store.newDatabase('bank');
  const args = ['--database', url, '--data', join(folder, 'bank'), '--log-level', 'error'];
  const setUp = await runBankProgram([
    'set-up',
    ...args,
    ...['--bank-id', 'bench-bank', '--bank-name', 'Bench', '--training'],
    ...['--portal-origin', 'https://127.0.0.1:29440', '--station-folder', join(folder, 'station')],
  ]);
  if (setUp.code !== 0) throw new Error(setUp.output + setUp.errors);
  const opened =
    store.name === 'PostgreSQL'
      ? await openPostgresStore({ url, now: new Date() })
      : await openSqliteStore(url, new Date());
  if (!opened.ok) throw new Error(opened.fault.code);
  const warmUps = Math.ceil(warmUp / perRound);
  const turns = store.processes.reduce((sum, processes) => sum + rounds + warmUps * processes, 1);
  const cards = await reserveCards(opened.value, 'Bench', turns * perRound);
  await opened.value.close();
  const requests = cards.map(enrolment);

  const stationFile = (name: string): Buffer => readFileSync(join(folder, 'station', name));
  const tls = {
    key: stationFile('station.key.pem'),
    cert: stationFile('station.cert.pem'),
    ca: stationFile('bank-ca.pem'),
    minVersion: 'TLSv1.3',
  } as const;
  const connect = (port: number, to: typeof tls | undefined): Promise<LoadConnection[]> =>
    Promise.all(Array.from({ length: CONNECTIONS }, () => openLoadConnection(port, to)));

  const start = async (processes: number): Promise<Serving> => {
    const server = await startBankProcess([
      ...args,
      ...['--station-requests', '0', '--processes', String(processes)],
    ]);
    const connections = await connect(Number(new URL(server.apiOrigin).port), tls);
    return { processes, server, connections, each: [] };
  };
  const all: Serving[] = [];
  for (const processes of store.processes) all.push(await start(processes));
  const judged = all.at(-1)!;
  const cfssl = await startCfssl(folder, await store.newDatabase('cfssl'));
  const cfsslClients = await connect(cfssl.port, undefined);
  const ours = ({ connections }: Serving): Promise<Measured> => {
    const mine = requests.splice(0, perRound);
    return measure(perRound, (at, who) => send(connections[who]!, mine[at]!, 'MII'));
  };
  const theirRequest = cfssl.signRequest(pem(cards[0]!.request));
  const theirs = (): Promise<Measured> =>
    measure(perRound, (_at, who) => send(cfsslClients[who]!, theirRequest, '"success":true'));
  // None is measured while it warms up; in turns, since a server closes what it has not heard of for half a minute.
  for (let turn = 0; turn < warmUps; turn += 1) {
    for (const serving of all)
      for (let process = 0; process < serving.processes; process += 1) await ours(serving);
    await theirs();
  }
  const samples = { cfssl: [] as number[], waits: [] as number[] };
  /** Processor time, of the server, the database and this client. */
  const cost = { ours: [0, 0, 0], cfssl: [0, 0, 0] };
  const costOf = async (
    server: readonly number[],
    sum: number[],
    turn: () => Promise<Measured>,
  ): Promise<Measured> => {
    const now = (): number[] => {
      const here = process.cpuUsage();
      return [cpuTime(server), cpuTime(store.writers()), (here.user + here.system) / 1000];
    };
    const before = now();
    const measured = await turn();
    for (const [at, each] of now().entries()) sum[at] = (sum[at] ?? 0) + each - (before[at] ?? 0);
    return measured;
  };
  const servers = withChildren(judged.server.child.pid ?? 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const serving of all.filter((each) => each !== judged))
      serving.each.push((await ours(serving)).each);
    const mine = await costOf(servers, cost.ours, () => ours(judged));
    judged.each.push(mine.each);
    samples.waits.push(...mine.waits);
    samples.cfssl.push((await costOf([cfssl.pid], cost.cfssl, theirs)).each);
  }
  const syncs = await countSyncs([...servers, ...store.writers()], () => ours(judged));
  for (const client of [...all.flatMap(({ connections }) => connections), ...cfsslClients]) client.close();
  await cfssl.stop();
  for (const { server } of all) await server.kill('SIGTERM');

  const by = (processes: number): string => (processes === 1 ? 'one process' : `${processes} processes`);
  const rows: Row[] = [
    ...all.map(({ processes, each }) => ({
      what: `${store.name}: enrolment, registry and transitions, ${by(processes)}`,
      unit: 'ms' as const,
      samples: each,
    })),
    { what: `${store.name}: cfssl serve, sign and record`, unit: 'ms', samples: samples.cfssl },
  ];
  const [one, two] = [1, 2].map((processes) => all.find((each) => each.processes === processes));
  const bounds: Bound[] = [
    {
      what: `${store.name}: ours over cfssl`,
      value: ratioOf(judged.each, samples.cfssl),
      atMost: store.atMost,
    },
    {
      what: `${store.name}: wait of the slowest in a hundred, ms`,
      value: percentile99(samples.waits),
      atMost: 20,
    },
    ...(one !== undefined && two !== undefined && cores >= CORES_FOR_TWO
      ? [
          {
            what: `${store.name}: two processes over one`,
            value: ratioOf(two.each, one.each),
            atMost: 1 / 1.6,
          },
        ]
      : []),
  ];
  const perSecond = (each: readonly number[]): string => (1000 / spreadOf(each).median).toFixed(0);
  const costEach = (sum: readonly number[]): string =>
    sum.map((each) => (each / (rounds * perRound)).toFixed(2)).join(' + ');
  const conditions = [
    `${store.name}: ${all.map(({ processes, each }) => `${perSecond(each)} a second by ${by(processes)}`).join(', ')}, cfssl ${perSecond(samples.cfssl)}`,
    `${store.name}: processor time of server, database and client: ours (${by(judged.processes)}) ${costEach(cost.ours)} ms, cfssl ${costEach(cost.cfssl)} ms`,
    ...(two !== undefined && cores < CORES_FOR_TWO
      ? [
          `${store.name}: two processes over one is not judged: the two, database and client want ${CORES_FOR_TWO} cores, here are ${cores}`,
        ]
      : []),
    syncs === undefined
      ? `${store.name}: no strace here, flushes not counted`
      : `${store.name}: ${syncs} flushes to the disk (fsync, fdatasync) for ${perRound} answers`,
  ];
  // A server that answers without one has made its promise to nobody.
  if (syncs === 0)
    bounds.push({ what: `${store.name}: answers without a flush`, value: perRound, atMost: 0 });
  return { rows, bounds, conditions };
};

export const bench: Bench = {
  name: 'durable-issuing',
  async run(form): Promise<BenchResult> {
    if (!hasCfssl()) return { kind: 'skipped', reason: 'no cfssl here (Debian: golang-cfssl)' };
    const postgres = await startPostgres();
    if ('skipped' in postgres) return { kind: 'skipped', reason: postgres.skipped };
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-issuing-'));
    const load: Load =
      form === 'short'
        ? { rounds: 3, perRound: 80, warmUp: 400 }
        : { rounds: 9, perRound: 1_200, warmUp: 10_000 };
    const onStore = async (store: Store) => {
      const own = join(folder, store.name);
      mkdirSync(own);
      return benchOn(store, own, load);
    };
    try {
      const results = [
        await onStore({
          name: 'PostgreSQL',
          newDatabase: () => postgres.newDatabase(),
          writers: postgres.processes,
          atMost: 1 / 2,
          // As many as cfssl has threads.
          processes: [...new Set([1, 2, cores])].toSorted((one, other) => one - other),
        }),
        await onStore({
          name: 'SQLite',
          newDatabase: (name) => Promise.resolve(join(folder, `${name}.sqlite`)),
          writers: () => [],
          atMost: 1 / 3.5,
          processes: [1],
        }),
      ];
      return {
        kind: 'measured',
        conditions: [
          `${CONNECTIONS} connections, server, database and clients on the same ${cores} cores`,
          ...results.flatMap(({ conditions }) => conditions),
        ],
        rows: results.flatMap(({ rows }) => rows),
        bounds: results.flatMap(({ bounds }) => bounds),
      };
    } finally {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
