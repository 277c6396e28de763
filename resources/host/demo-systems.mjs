import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `npm run demo:systems`: runs each system with its real parts (bank, operator platform, cards, browser, TLS),
 * prints the messages that were seen as sequence diagrams, and writes them into resources/docs/systems.md.
 * Screenshots and the diagrams by themselves lie in out/systems. The same runs are tests: there the document
 * has to say what happens.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out/systems');
const document = join(root, 'resources/docs/systems.md');

const rows = [
  { row: 'S0', title: 'SD card: login with certificate and password', test: 'tests/e2e/systems/s0.test.ts' },
  {
    row: 'S1',
    title: 'SD card: each login and transfer with a chained one-time password',
    test: 'tests/e2e/systems/s1.test.ts',
  },
  {
    row: 'S2',
    title: 'SIM in a reader: certificate, TLS login and signature',
    test: 'tests/integration/pcscd/online-certificate.test.ts',
  },
  {
    row: 'S2-browser',
    title: 'SIM in a reader: login in an unchanged browser',
    test: 'tests/e2e/systems/s2.test.ts',
  },
  {
    row: 'S3',
    title: 'Phone transaction through the operator',
    test: 'tests/integration/operator/real-bank.test.ts',
  },
  {
    row: 'S4',
    title: 'Three banks on one SIM, at a terminal',
    test: 'tests/integration/online/three-banks.test.ts',
  },
  {
    row: 'S4-phone',
    title: 'Three banks on one SD card, chosen on the phone',
    test: 'tests/e2e/systems/s4.test.ts',
  },
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let failed = 0;
for (const { row, title, test } of rows) {
  process.stdout.write(`\n${row}  ${title}\n`);
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=verbose', test],
    { cwd: root, encoding: 'utf8', env: { ...process.env, CARDWRIGHT_SYSTEMS: out, NO_COLOR: '1' } },
  );
  for (const line of run.stdout.split('\n').filter((each) => /^\s*[✓×↓]/.test(each)))
    process.stdout.write(`${line.replace(/^\s*([✓×↓]).*> /, '  $1 ')}\n`);
  const file = join(out, `${row}.mmd`);
  if (run.status !== 0 || !existsSync(file)) {
    failed += 1;
    process.stdout.write(`${run.stdout}${run.stderr}`);
    continue;
  }
  process.stdout.write(`\n${readFileSync(file, 'utf8')}`);
}

if (failed === 0) {
  writeFileSync(
    document,
    [
      '# The systems as they run\n',
      'Each diagram was recorded while the system ran with its real parts; `npm run demo:systems` records them anew, and a test of each row fails when the messages are not these any more. What each message means: the numbers are those of the patents.\n',
      ...rows.map(({ row, title, test }) => {
        const diagram = readFileSync(join(out, `${row}.mmd`), 'utf8').trimEnd();
        return `## ${row} · ${title}\n\n<!-- ${row} -->\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n\nRecorded by \`${test}\`.\n`;
      }),
    ].join('\n'),
  );
  process.stdout.write(`\nWritten: ${document}; screenshots in ${out}\n`);
} else process.stdout.write(`\n${failed} of ${rows.length} did not run as they should.\n`);
process.exitCode = failed === 0 ? 0 : 1;
