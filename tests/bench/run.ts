import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spreadOf, type Bench, type BenchResult } from './bench.ts';

// npm run bench [-- --short] [NAME…]

const here = import.meta.dirname;
const root = resolve(here, '../..');
const args = process.argv.slice(2);
const form = args.includes('--short') ? 'short' : 'long';
const names = args.filter((arg) => !arg.startsWith('--'));

const measured: { name: string; result: BenchResult }[] = [];
for (const file of globSync('**/*.bench.ts', { cwd: here }).toSorted()) {
  const { bench } = (await import(pathToFileURL(join(here, file)).href)) as { bench: Bench };
  if (names.length > 0 && !names.includes(bench.name)) continue;
  const result = await bench.run(form);
  measured.push({ name: bench.name, result });
  show(bench.name, result);
}

const report = join(root, 'out/bench.json');
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(report, `${JSON.stringify(record(), undefined, 2)}\n`);
console.log(`\nwritten to ${report}`);
if (missed().length > 0) process.exitCode = 1;

function show(name: string, result: BenchResult): void {
  console.log(`\n${name}`);
  if (result.kind === 'skipped') {
    console.log(`  skipped: ${result.reason}`);
    return;
  }
  for (const condition of result.conditions) console.log(`  ${condition}`);
  const width = Math.max(...[...result.rows, ...result.bounds].map(({ what }) => what.length));
  for (const { what, unit, samples } of result.rows) {
    const { min, median, max } = spreadOf(samples);
    const figures = [min, median, max].map((figure) => short(figure).padStart(8)).join('');
    console.log(`  ${what.padEnd(width)}${figures}  ${unit} (min, median, max of ${samples.length})`);
  }
  for (const { what, value, atMost } of result.bounds) {
    const verdict = value <= atMost ? 'kept' : 'MISSED';
    console.log(`  ${what.padEnd(width)}${short(value).padStart(8)}  at most ${atMost}: ${verdict}`);
  }
}

function record() {
  return {
    at: new Date().toISOString(),
    form,
    machine: {
      cpu: cpus()[0]?.model ?? '',
      cores: cpus().length,
      memoryMib: Math.round(totalmem() / 2 ** 20),
      node: process.version,
    },
    benches: measured.map(({ name, result }) =>
      result.kind === 'skipped'
        ? { name, ...result }
        : { name, ...result, rows: result.rows.map((row) => ({ ...row, ...spreadOf(row.samples) })) },
    ),
  };
}

function missed() {
  return measured.flatMap(({ result }) =>
    result.kind === 'measured' ? result.bounds.filter(({ value, atMost }) => !(value <= atMost)) : [],
  );
}

function short(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3);
}
