import {
  CompiledQuery,
  PostgresAdapter,
  sql,
  type DialectAdapter,
  type QueryResult,
  type RawBuilder,
} from 'kysely';
import type { BankTransaction, Database } from './store.ts';
import type { BankTables } from './tables.ts';

/** Builds a statement over the values of so many rows. */
type Build<Values, Row> = (
  db: Database,
  rows: readonly Values[],
) => { compile(db: Database): CompiledQuery<Row> };

export interface Statement<Values, Row> {
  (db: Database, rows: readonly Values[]): Promise<QueryResult<Row>>;
  /** The same, not run yet: for `runTogether`. */
  with(db: Database, rows: readonly Values[]): CompiledQuery<Row>;
}

/**
 * A statement of the hot paths: built and compiled once for each number of rows and kind of database, then run
 * with other values. Kysely takes longer to build one than the database to run it. The values may only be put in
 * their places while it is built; what they are is not known there.
 */
export const statement = <Values extends object, Row = unknown>(
  build: Build<Values, Row>,
): Statement<Values, Row> => {
  const compiled = new WeakMap<DialectAdapter, Map<number, CompiledQuery<Row>>>();
  const withValues: Statement<Values, Row>['with'] = (db, rows) => {
    const { adapter } = db.getExecutor();
    const bySize = compiled.get(adapter) ?? new Map<number, CompiledQuery<Row>>();
    compiled.set(adapter, bySize);
    const query = bySize.get(rows.length) ?? build(db, placesOf(rows)).compile(db);
    bySize.set(rows.length, query);
    const parameters = query.parameters.map((each) => (each instanceof Place ? each.valueIn(rows) : each));
    return { ...query, parameters };
  };
  return Object.assign(
    async (db: Database, rows: readonly Values[]) => db.executeQuery(withValues(db, rows)),
    { with: withValues },
  );
};

/**
 * Statements that touch nothing in common, for the price of one: PostgreSQL is sent all of them at once. The last one
 * returns rows, which are given back.
 */
export const runTogether = async <Row>(
  db: Database,
  before: readonly CompiledQuery[],
  last: CompiledQuery<Row>,
): Promise<readonly Row[]> => {
  if (isOnPostgres(db)) {
    const all = [...before, last];
    return (await db.executeQuery<Row>(inOne(all, `select * from part_${before.length}`))).rows;
  }
  for (const each of before) await db.executeQuery(each);
  return (await db.executeQuery(last)).rows;
};

/**
 * As `runTogether`, with nothing after it in its transaction: PostgreSQL is sent them with the commit. The last one has
 * to touch exactly so many rows; where it does not, the transaction fails and is undone. Only for transactions that end
 * well once this has returned: what is wrong with the statements is told by the commit.
 */
export const runWithCommit = async (
  tx: BankTransaction,
  before: readonly CompiledQuery[],
  last: CompiledQuery,
  touched: number,
): Promise<void> => {
  if (isOnPostgres(tx)) {
    // Any other number divides by zero, and after that there is nothing to commit.
    const check = `select 1 / (case count(*) when ${touched} then 1 else 0 end) from part_${before.length}`;
    await tx.executeQuery(inOne([...before, last], `${check} ${withCommit}`));
    return;
  }
  const rows = await runTogether(tx, before, last);
  if (rows.length !== touched) throw new Error(`${rows.length} rows touched, and not ${touched}`);
};

/** Ends the text of a statement that waits for the commit. */
export const withCommit = '/* with the commit */';

export const isOnPostgres = (db: Database): boolean => db.getExecutor().adapter instanceof PostgresAdapter;

/**
 * For statements over several rows in a transaction that is undone when one of them fails: so SQLite need not note, page
 * by page, how to undo the half of a statement (of what an enrolment costs it, a tenth).
 */
export const insertOrFail = <Table extends keyof BankTables>(db: Database, table: Table) => {
  const insert = db.insertInto(table);
  return isOnPostgres(db) ? insert : insert.orFail();
};

/** As `insertOrFail`, behind the word `update`. */
export const orFail = (db: Database): RawBuilder<unknown> => sql.raw(isOnPostgres(db) ? '' : 'or fail');

const inOne = (queries: readonly CompiledQuery[], end: string): CompiledQuery<never> =>
  CompiledQuery.raw(
    joined(queries, end),
    queries.flatMap((each) => each.parameters),
  );

const joinedTexts = new Map<string, string>();

/** `with part_0 as (…), part_1 as (…)` and the end, the parameters counted through. */
const joined = (queries: readonly CompiledQuery[], end: string): string => {
  const key = [...queries.map(({ sql }) => sql), end].join(';');
  const known = joinedTexts.get(key);
  if (known !== undefined) return known;
  let before = 0;
  const parts = queries.map(({ sql, parameters }, at) => {
    const text = sql.replace(/\$(\d+)/g, (_all, number: string) => `$${Number(number) + before}`);
    before += parameters.length;
    return `part_${at} as (${text})`;
  });
  const text = `with ${parts.join(', ')} ${end}`;
  joinedTexts.set(key, text);
  return text;
};

/** Where a value will stand. */
class Place {
  readonly #row: number;
  readonly #name: string | symbol;
  constructor(row: number, name: string | symbol) {
    this.#row = row;
    this.#name = name;
  }
  valueIn(rows: readonly object[]): unknown {
    return Reflect.get(rows[this.#row] ?? {}, this.#name);
  }
}

/** Looks like the rows; each value in them is its place. */
const placesOf = <Values extends object>(rows: readonly Values[]): readonly Values[] =>
  rows.map((row, at) => new Proxy(row, { get: (_row, name) => new Place(at, name) }));
