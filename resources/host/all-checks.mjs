import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStale } from './build.mjs';
import { progress } from './progress.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const countsFile = join(root, '.cache/test-counts.json');

const total = { passed: 0, failed: 0, skipped: [], failures: [] };

/** Runs it beside others; what it prints is shown when it has ended. */
async function check(what, program, args, priority = constants.priority.PRIORITY_NORMAL) {
  const started = Date.now();
  progress(`${what} …`);
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  setPriority(child.pid, priority);
  const printed = [];
  child.stdout.on('data', (text) => printed.push(text));
  child.stderr.on('data', (text) => printed.push(text));
  const [status] = await once(child, 'close');
  process.stdout.write(Buffer.concat(printed));
  progress(
    `${what}: ${status === 0 ? 'right' : 'wrong'}`,
    `(${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (status === 0) total.passed += 1;
  else {
    total.failed += 1;
    total.failures.push(what);
  }
}

// Lint reads what the types write. Both take long and get what the tests leave of the cores while they wait.
const { PRIORITY_LOW } = constants.priority;
await Promise.all([
  check('Types', 'typescript/bin/tsc', ['-b'], PRIORITY_LOW).then(() =>
    check('Lint', 'eslint/bin/eslint.js', ['--max-warnings', '0', '.'], PRIORITY_LOW),
  ),
  check('Format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])
    .then(build)
    .then(() => tests(process.argv.slice(2))),
]);
report();

async function build() {
  try {
    await buildStale(['renderer', 'phoneClient']);
    total.passed += 1;
  } catch (error) {
    process.stdout.write(`${String(error)}\n`);
    total.failed += 1;
    total.failures.push('Build');
  }
}

async function tests(args) {
  mkdirSync(dirname(countsFile), { recursive: true });
  rmSync(countsFile, { force: true });
  // The build before this has set NODE_ENV to production, in which React's test tools do not work.
  const { NODE_ENV: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=./resources/host/count-reporter.mjs',
      ...args,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...environment,
        CARDWRIGHT_TEST_COUNTS: countsFile,
        // Some hundred programs are started by the tests, and none has to be compiled twice.
        NODE_COMPILE_CACHE: join(root, '.cache/compiled'),
      },
    },
  );
  const [status] = await once(child, 'close');
  const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : undefined;
  if (counts === undefined || (status !== 0 && counts.failed === 0)) {
    total.failed += 1;
    total.failures.push(`the test runner ended with ${status}`);
  }
  if (counts === undefined) return;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped);
  total.failures.push(...counts.failures);
}

function report() {
  const line = (text) => process.stdout.write(`${text}\n`);
  line('');
  for (const failure of total.failures) line(`failed: ${failure}`);
  for (const [why, names] of Map.groupBy(total.skipped, ({ why }) => why || 'no reason given'))
    line(
      `skipped (${why}): ${names.length === 1 ? names[0].test : `${names.length} tests, first ${names[0].test}`}`,
    );
  line('');
  line(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
