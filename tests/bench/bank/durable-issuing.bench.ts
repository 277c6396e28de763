import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStore } from '../../../electron/bank-server/store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { simpleEnrol } from '../../harness/issue-card.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import { ratioOf, spreadOf, type Bench, type BenchResult, type Bound, type Row } from '../bench.ts';
import { hasCfssl, startCfssl } from './cfssl.ts';
import { countSyncs } from './count-syncs.ts';
import { cpuTime } from './cpu-time.ts';
import { reserveCards, type ReservedCard } from './reserved-cards.ts';

/*
 * A card's certificate over EST, from the request to the answer: the request checked, the certificate signed
 * and recorded, the card moved, its transitions written, all of it on the disk. Beside it `cfssl serve` with
 * its certificate database, which signs and records; in the same run, turn by turn, eight connections each.
 * Ours speaks TLS 1.3 with client certificates, cfssl plain HTTP.
 */

const CONNECTIONS = 8;
/** Enrolments until a server's code is compiled as it will stay. */
const WARM_UP = 400;
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

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;

const enrol = async (client: BankClient, card: ReservedCard): Promise<void> => {
  const answer = await simpleEnrol(client, 'card-p256', card.request);
  if (answer.status !== 200) throw new Error(answer.body.toString());
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
  readonly processes: number;
}

const benchOn = async (
  store: Store,
  folder: string,
  rounds: number,
  perRound: number,
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
  const warmUps = Math.ceil(WARM_UP / perRound);
  const turns = (rounds + warmUps) * store.processes + 2;
  const cards = [...(await reserveCards(opened.value, 'Bench', turns * perRound))];
  await opened.value.close();
  const take = (): readonly ReservedCard[] => cards.splice(0, perRound);

  const serving: ServingProcess[] = [];
  const clientsOf = async (): Promise<BankClient[]> => {
    const started = await startBankProcess([...args, '--station-requests', '0']);
    serving.push(started);
    return Array.from({ length: CONNECTIONS }, () => bankClient(started.apiOrigin, join(folder, 'station')));
  };
  const first = await clientsOf();
  const cfssl = await startCfssl(folder, await store.newDatabase('cfssl'));
  const ours = async (clients: readonly BankClient[]): Promise<Measured> => {
    const mine = take();
    return measure(perRound, (at, who) => enrol(clients[who]!, mine[at]!));
  };
  const theirs = async (): Promise<Measured> => {
    const [card] = cards;
    const request = pem((card ?? { request: Buffer.alloc(0) }).request);
    return measure(perRound, () => cfssl.sign(request));
  };
  // Neither is measured while it warms up.
  for (let turn = 0; turn < warmUps; turn += 1) {
    await ours(first);
    await theirs();
  }
  const samples = { ours: [] as number[], cfssl: [] as number[], two: [] as number[], waits: [] as number[] };
  /** Processor time, of the server, the database and this client. */
  const cost = { ours: [0, 0, 0], cfssl: [0, 0, 0] };
  const costOf = async (server: number, sum: number[], turn: () => Promise<Measured>): Promise<Measured> => {
    const now = (): number[] => {
      const here = process.cpuUsage();
      return [cpuTime([server]), cpuTime(store.writers()), (here.user + here.system) / 1000];
    };
    const before = now();
    const measured = await turn();
    for (const [at, each] of now().entries()) sum[at] = (sum[at] ?? 0) + each - (before[at] ?? 0);
    return measured;
  };
  for (let round = 0; round < rounds; round += 1) {
    const mine = await costOf(serving[0]!.child.pid ?? 0, cost.ours, () => ours(first));
    samples.ours.push(mine.each);
    samples.waits.push(...mine.waits);
    samples.cfssl.push((await costOf(cfssl.pid, cost.cfssl, theirs)).each);
  }
  const syncs = await countSyncs([serving[0]!.child.pid ?? 0, ...store.writers()], () => ours(first));
  if (store.processes === 2) {
    const second = await clientsOf();
    // Four connections to each: as many in all as to the one.
    const both = [...first.slice(0, CONNECTIONS / 2), ...second.slice(0, CONNECTIONS / 2)];
    for (let turn = 0; turn < warmUps; turn += 1) await ours(both);
    for (let round = 0; round < rounds; round += 1) samples.two.push((await ours(both)).each);
    for (const client of second) client.close();
  }
  for (const client of first) client.close();
  await cfssl.stop();
  for (const each of serving) await each.kill('SIGTERM');

  const rows: Row[] = [
    { what: `${store.name}: enrolment, registry and transitions`, unit: 'ms', samples: samples.ours },
    { what: `${store.name}: cfssl serve, sign and record`, unit: 'ms', samples: samples.cfssl },
    ...(samples.two.length > 0
      ? [{ what: `${store.name}: the same by two processes`, unit: 'ms' as const, samples: samples.two }]
      : []),
  ];
  const bounds: Bound[] = [
    {
      what: `${store.name}: ours over cfssl`,
      value: ratioOf(samples.ours, samples.cfssl),
      atMost: store.atMost,
    },
    {
      what: `${store.name}: wait of the slowest in a hundred, ms`,
      value: percentile99(samples.waits),
      atMost: 20,
    },
    ...(samples.two.length > 0 && cpus().length >= CORES_FOR_TWO
      ? [
          {
            what: `${store.name}: two processes over one`,
            value: ratioOf(samples.two, samples.ours),
            atMost: 1 / 1.6,
          },
        ]
      : []),
  ];
  const perSecond = (each: readonly number[]): string => (1000 / spreadOf(each).median).toFixed(0);
  const costEach = (all: readonly number[]): string =>
    all.map((each) => (each / (rounds * perRound)).toFixed(2)).join(' + ');
  const conditions = [
    `${store.name}: ${perSecond(samples.ours)} a second, cfssl ${perSecond(samples.cfssl)}${samples.two.length > 0 ? `, two processes ${perSecond(samples.two)}` : ''}`,
    `${store.name}: processor time of server, database and client: ours ${costEach(cost.ours)} ms, cfssl ${costEach(cost.cfssl)} ms`,
    ...(samples.two.length > 0 && cpus().length < CORES_FOR_TWO
      ? [
          `${store.name}: two processes over one is not judged: the two, database and client want ${CORES_FOR_TWO} cores, here are ${cpus().length}`,
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
    const [rounds, perRound] = form === 'short' ? [3, 80] : [9, 400];
    const onStore = async (store: Store) => {
      const own = join(folder, store.name);
      mkdirSync(own);
      return benchOn(store, own, rounds, perRound);
    };
    try {
      const results = [
        await onStore({
          name: 'PostgreSQL',
          newDatabase: () => postgres.newDatabase(),
          writers: postgres.processes,
          atMost: 1 / 2,
          processes: 2,
        }),
        await onStore({
          name: 'SQLite',
          newDatabase: (name) => Promise.resolve(join(folder, `${name}.sqlite`)),
          writers: () => [],
          atMost: 1 / 3.5,
          processes: 1,
        }),
      ];
      return {
        kind: 'measured',
        conditions: [
          `${CONNECTIONS} connections, server, database and clients on the same ${cpus().length} cores`,
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
