import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesBelow, findSecrets, formsOf } from '../../harness/planted-secrets/find-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardwright-planted-'));
const written = join(folder, 'written');
let secrets: Record<string, Uint8Array> = {};
let exitCode: number | null = 0;

/** The program's own folder for temporary files is where all its folders are made. */
beforeAll(async () => {
  mkdirSync(written);
  const list = join(folder, 'secrets.json');
  const [out, err] = ['stdout.txt', 'stderr.txt'].map((name) => openSync(join(written, name), 'w'));
  const program = join(import.meta.dirname, '../../harness/planted-secrets/issue-and-crash.ts');
  const child = spawn(process.execPath, [program, list], {
    env: { ...process.env, TMPDIR: written },
    stdio: ['ignore', out!, err!],
  });
  exitCode = await new Promise((resolve) => child.on('exit', resolve));
  closeSync(out!);
  closeSync(err!);
  const planted = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
  secrets = Object.fromEntries(Object.entries(planted).map(([name, hex]) => [name, Buffer.from(hex, 'hex')]));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two cards were made, a third was under way, and everything was written that is ever written', () => {
  expect(exitCode).toBe(1);
  expect(Object.keys(secrets)).toHaveLength(18);
  const read = (name: string) => readFileSync(join(written, name), 'utf8');
  expect(read('stderr.txt')).toContain('dies in the middle of an issuance');
  expect(read('stderr.txt')).toContain('"program":"bank-server"');
  const names = filesBelow(written).join('\n');
  for (const part of [
    'stdout.txt',
    'frames.jsonl',
    'trace.jsonl',
    'receipts/',
    'BANKCARD/',
    '.sqlite',
    'bugs.txt',
  ])
    expect(names).toContain(part);
  const frames = readFileSync(
    filesBelow(written).find((name) => name.endsWith('frames.jsonl'))!,
    'utf8',
  );
  expect(frames).toContain('runs.changed');
  expect(frames).toContain('medium.inserted');
});

test('no PIN, PUK, password or key is in any of it, in no form', () => {
  expect(findSecrets(written, secrets)).toEqual([]);
});

test('each form would have been found', () => {
  const probe = join(folder, 'probe');
  mkdirSync(probe);
  const key = Buffer.from('000102fbfeff7a11c3d4e5f60718293a', 'hex');
  for (const [name, secret] of [
    ['key', key],
    ['PIN', Buffer.from('739104')],
  ] as const)
    for (const [form, pattern] of formsOf(secret)) {
      writeFileSync(join(probe, 'file'), Buffer.concat([Buffer.from('pin: "'), pattern, Buffer.from('"')]));
      expect(findSecrets(probe, { [name]: secret }), `${name} as ${form}`).not.toEqual([]);
    }
  // Inside a longer text in base64, wherever it begins.
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.concat([Buffer.from(before), key, Buffer.from('tail')]).toString('base64');
    writeFileSync(join(probe, 'file'), text);
    expect(findSecrets(probe, { key }), text).not.toEqual([]);
  }
  writeFileSync(join(probe, 'file'), 'e3739104b 1739104');
  expect(findSecrets(probe, { PIN: Buffer.from('739104') })).toEqual([]);
});
