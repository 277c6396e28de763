import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCipheriv } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { setUpBank } from '../../../electron/bank-server/standalone/set-up-bank.ts';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { openKeyFiles } from '../../../electron/bank-server/ca/key-files.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';

/* The real program, as two officers use it: piped, with files, and at a terminal. */

// Each step is a process or several; on a busy machine they take their time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const program = fileURLToPath(new URL('../../../electron/bank-server/standalone.ts', import.meta.url));
const token = makeSoftToken();

interface Answer {
  readonly code: number | null;
  readonly said: Record<string, unknown>;
  readonly output: string;
}

const checkValue = (key: Buffer): string =>
  createCipheriv('aes-256-ecb', key, null)
    .setAutoPadding(false)
    .update(Buffer.alloc(16, 1))
    .toString('hex', 0, 3)
    .toUpperCase();

// Not in one piece, so that nothing but the components themselves is looked for in what the bank keeps.
const one = Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 7 + 3) & 0xff));
const two = Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 11 + 29) & 0xff));
const paper = (component: Buffer): string => `${component.toString('hex')} ${checkValue(component)}\n`;
const key = Buffer.from(one.map((byte, at) => byte ^ two[at]!));

if (token === undefined) {
  it.skip('the ceremony of a master key: SoftHSM2 is not installed', () => {});
} else {
  Object.assign(process.env, token.environment);
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-ceremony-'));
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, `${token.pin}\n`, { mode: 0o600 });
  afterAll(() => {
    token.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const place = (name: string): string[] => [
    ...['--database', join(folder, `${name}.sqlite`), '--data', join(folder, name), '--log-level', 'warn'],
    ...(name === 'hsm' ? ['--pkcs11', token.module, '--token', token.label, '--pin-file', pinFile] : []),
  ];
  const identity = [
    ...['--bank-id', 'example-bank', '--bank-name', 'Example Bank'],
    ...['--portal-origin', 'https://127.0.0.1:29555'],
  ];

  /** The program as a process of its own. */
  const runProgram = async (args: readonly string[], input = ''): Promise<Answer> => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, ...token.environment },
    });
    let output = '';
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return {
      code,
      said: said === '' ? {} : (JSON.parse(said) as Record<string, unknown>),
      output: output + said,
    };
  };

  /** The same command in this process, what would be piped in as a file. */
  const run = async (args: readonly string[], input = ''): Promise<Answer> => {
    const file = join(folder, 'typed');
    writeFileSync(file, input, { mode: 0o600 });
    const read = readStandaloneOptions([...args, ...(input === '' ? [] : ['--component-file', file])]);
    if (!read.ok) throw new Error(read.errors.join('; '));
    const log = bankLog('silent');
    const done: Result<unknown> =
      read.options.command === 'set-up'
        ? await setUpBank(read.options, log)
        : await runCommand(read.options, log);
    const said = done.ok ? (done.value ?? {}) : { kind: 'failed', fault: done.fault };
    return { code: done.ok ? 0 : 1, said: said as Record<string, unknown>, output: JSON.stringify(said) };
  };
  const faultOf = ({ code, said }: Answer) => ({ code, fault: said.fault });
  const events = async (name: string) =>
    ((await run(['list-master-keys', ...place(name)])).said.events as { kind: string }[]).map(
      ({ kind }) => kind,
    );

  describe('a component', () => {
    it('is made at random, with its check value, on the screen or in a file of its officer', async () => {
      const shown = await runProgram(['make-key-component']);
      const again = await run(['make-key-component']);
      expect(shown.code).toBe(0);
      const component = Buffer.from(String(shown.said.component).replaceAll(' ', ''), 'hex');
      expect(component).toHaveLength(32);
      expect(shown.said.checkValue).toBe(checkValue(component));
      expect(again.said.component).not.toBe(shown.said.component);

      const file = join(folder, 'made');
      const kept = await run(['make-key-component', '--key-algorithm', '3des', '--component-file', file]);
      expect(kept.said).toEqual({
        kind: 'component',
        algorithm: '3des',
        checkValue: kept.said.checkValue,
        file,
      });
      expect(readFileSync(file, 'utf8')).toMatch(/^([0-9A-F]{4} ?){8}\n[0-9A-F]{6}\n$/);
    });
  });

  describe.each(['hsm', 'files'])('a ceremony, with keys in %s', (name) => {
    const enter = (officer: string, text: string, ...more: string[]) =>
      run(['enter-key-component', '2', '--officer', officer, ...place(name), ...more], text);

    beforeAll(async () => {
      expect((await run(['set-up', ...place(name), ...identity])).code).toBe(0);
    });

    it('refuses a component that was typed wrong, in words, and keeps nothing of it', async () => {
      const typo = paper(one).replace('0', '1');
      expect(faultOf(await enter('A-1', typo))).toEqual({
        code: 1,
        fault: { code: 'key-component-wrong', data: { reason: 'check-value' } },
      });
      expect(faultOf(await enter('A-1', paper(one).slice(2)))).toMatchObject({
        code: 1,
        fault: { code: 'key-component-wrong', data: { reason: 'length', digits: 64 } },
      });
      expect(
        faultOf(await run(['enter-key-component', '3', '--officer', 'A-1', ...place(name)], paper(one))),
      ).toEqual({
        code: 1,
        fault: { code: 'bank-key-conflict', data: { reason: 'not-next', next: 2 } },
      });
      const file = join(folder, 'open-to-all');
      writeFileSync(file, paper(one), { mode: 0o644 });
      expect(faultOf(await enter('A-1', '', '--component-file', file))).toMatchObject({
        fault: { code: 'key-component-wrong', data: { reason: 'file-mode' } },
      });
      expect(await events(name)).toEqual(['made']);
    });

    it('needs two people: the first may not be the second, under whatever spelling', async () => {
      expect((await enter('A-1', paper(one))).said).toEqual({
        kind: 'component-entered',
        version: 2,
        checkValue: checkValue(one),
      });
      for (const same of ['A-1', ' a-1 '])
        expect(faultOf(await enter(same, paper(two)))).toMatchObject({
          code: 1,
          fault: { code: 'key-component-same-officer' },
        });
      expect(faultOf(await enter('B-2', paper(one)))).toEqual({
        code: 1,
        fault: { code: 'key-component-wrong', data: { reason: 'equal' } },
      });
    });

    it('compares the key with what the officers expect, and loses nothing when it differs', async () => {
      const other = await enter('B-2', paper(two), '--check-value', 'ABCDEF');
      expect(faultOf(other)).toEqual({
        code: 1,
        fault: { code: 'key-check-value-differs', data: { checkValue: checkValue(key) } },
      });
      expect(
        faultOf(
          await run([
            'activate-master-key',
            '2',
            '--check-value',
            checkValue(key),
            '--officer',
            'B-2',
            ...place(name),
          ]),
        ),
      ).toMatchObject({
        fault: { code: 'bank-key-conflict', data: { reason: 'not-entered' } },
      });
    });

    it('begins again when the first component is given up', async () => {
      const given = await run(['abandon-master-key', '2', '--officer', 'A-1', ...place(name)]);
      expect(given.said).toEqual({ kind: 'abandoned', version: 2 });
      expect(
        faultOf(await run(['abandon-master-key', '2', '--officer', 'A-1', ...place(name)])),
      ).toMatchObject({
        fault: { code: 'bank-key-conflict', data: { reason: 'none-begun' } },
      });
      const file = join(folder, `component-${name}`);
      writeFileSync(file, paper(one), { mode: 0o600 });
      expect((await enter('A-1', '', '--component-file', file)).code).toBe(0);
    });

    it('makes the key of both, without either in its answers, its log or its folder', async () => {
      const done = await runProgram(
        [
          ...['enter-key-component', '2', '--officer', 'B-2', '--check-value', checkValue(key).toLowerCase()],
          ...place(name),
        ],
        paper(two),
      );
      expect(done.said).toEqual({
        kind: 'master-key-entered',
        version: 2,
        checkValue: checkValue(key),
        officers: ['A-1', 'B-2'],
      });
      const listed = await run(['list-master-keys', ...place(name)]);
      const keys = listed.said.keys as Record<string, unknown>[];
      expect(
        keys.map(({ version, state, check_value, made_by }) => ({ version, state, check_value, made_by })),
      ).toEqual([
        { version: 1, state: 'current', check_value: keys[0]!.check_value, made_by: ['set-up'] },
        { version: 2, state: 'entered', check_value: checkValue(key), made_by: ['A-1', 'B-2'] },
      ]);
      const kept = readdirSync(join(folder, name, 'keys'));
      expect(kept.filter((each) => each.includes('component'))).toEqual([]);
      expect(kept.includes('card-master-2.secret')).toBe(name === 'files');
      const everything = [
        done.output,
        listed.output,
        ...[`${name}.sqlite`, `${name}.sqlite-wal`].map((file) => {
          try {
            return readFileSync(join(folder, file), 'latin1');
          } catch {
            return '';
          }
        }),
      ].join('');
      for (const secret of [one, two, key])
        for (const form of ['hex', 'base64', 'latin1'] as const)
          expect(everything.toLowerCase()).not.toContain(secret.toString(form).toLowerCase());
    });

    it('lets the key take over when a person knows its check value, and writes down who did what', async () => {
      const activate = (value: string) =>
        run(['activate-master-key', '2', '--check-value', value, '--officer', 'C-3', ...place(name)]);
      expect(faultOf(await activate('000000'))).toMatchObject({ fault: { code: 'key-check-value-differs' } });
      expect((await activate(checkValue(key))).said).toEqual({ kind: 'activated', version: 2, before: 1 });
      const { keys, events: story } = (await run(['list-master-keys', ...place(name)])).said as {
        keys: { state: string }[];
        events: object[];
      };
      expect(keys.map(({ state }) => state)).toEqual(['retired', 'current']);
      expect(story.map((each) => ({ ...each, at: '' }))).toMatchObject([
        { version: 1, kind: 'made', officers: ['set-up'] },
        { version: 2, kind: 'component-entered', officers: ['A-1'], detail: { checkValue: checkValue(one) } },
        { version: 2, kind: 'abandoned', officers: ['A-1'] },
        { version: 2, kind: 'component-entered', officers: ['A-1'] },
        { version: 2, kind: 'entered', officers: ['A-1', 'B-2'], detail: { checkValue: checkValue(key) } },
        { version: 2, kind: 'activated', officers: ['C-3'], detail: { checkValue: checkValue(key) } },
      ]);
    });

    it('cut off between the key and the book is finished by the same component', async () => {
      const third = ['enter-key-component', '3', ...place(name)];
      expect((await run([...third, '--officer', 'A-1'], paper(two))).code).toBe(0);
      // As a process leaves it that is killed after the key was kept.
      const wanted = Buffer.from(two.map((byte, at) => byte ^ one[at]! ^ 0x5a));
      const last = Buffer.from(one.map((byte) => byte ^ 0x5a));
      if (name === 'files') {
        const files = openKeyFiles(join(folder, name, 'keys'), false);
        if (!files.ok) throw new Error(files.fault.code);
        files.value.keepSecret('card-master-3', wanted);
      } else {
        const value = join(folder, 'value');
        writeFileSync(value, wanted);
        const tool = spawn(
          'pkcs11-tool',
          [
            ...['--module', token.module, '--token-label', token.label, '--login', '--pin', token.pin],
            ...[
              '--write-object',
              value,
              '--type',
              'secrkey',
              '--key-type',
              'AES:32',
              '--sensitive',
              '--private',
            ],
            ...['--usage-sign', '--label', 'cardwright-card-master-3'],
          ],
          { env: { ...process.env, ...token.environment }, stdio: 'ignore' },
        );
        expect(await once(tool, 'close')).toEqual([0, null]);
      }
      const done = await run([...third, '--officer', 'B-2'], paper(last));
      expect(done.said).toMatchObject({
        kind: 'master-key-entered',
        version: 3,
        checkValue: checkValue(wanted),
      });
    });
  });

  describe('at a terminal', () => {
    /** The program in a terminal of its own; answers each prompt, and gives all that the terminal showed. */
    const atTerminal = async (args: readonly string[], answers: readonly string[]): Promise<string> => {
      const quoted = [process.execPath, program, ...args].map((each) => `'${each}'`).join(' ');
      const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
        env: { ...process.env, ...token.environment },
      });
      let shown = '';
      let asked = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString();
        if (shown.endsWith(': ') && asked < answers.length) child.stdin.write(answers[asked++]!);
      });
      const hung = setTimeout(() => child.kill(), 120_000);
      await once(child, 'close');
      clearTimeout(hung);
      return shown;
    };
    const enter = (officer: string, version: string) => [
      ...['enter-key-component', version, '--officer', officer, ...place('hsm')],
    ];

    it('a component is typed unseen, and a wrong one is answered in both languages', async () => {
      const wrong = await atTerminal(enter('A-1', '4'), [`${two.toString('hex')}\r`, '000000\r']);
      expect(wrong).not.toContain(two.toString('hex').slice(0, 8));
      expect(wrong).toContain('此主密钥分量不能使用');
      expect(wrong).toContain('Compare with the paper and enter it again.');
    });

    it('Ctrl-C half-way leaves everything as it was', async () => {
      const before = await events('hsm');
      const shown = await atTerminal(enter('A-1', '4'), [`${two.toString('hex').slice(0, 20)}\u0003`]);
      expect(shown).toContain('"interrupted"');
      expect(await events('hsm')).toEqual(before);
    });

    it('the second officer sees the key’s check value and says whether it is the one on paper', async () => {
      const typed = (component: Buffer) => [`${component.toString('hex')}\r`, `${checkValue(component)}\r`];
      const first = await atTerminal(enter('A-1', '4'), typed(one));
      expect(first).toContain('"component-entered"');
      const no = await atTerminal(enter('B-2', '4'), [...typed(two), 'no\r']);
      expect(no).toContain(`Check value of the key (密钥校验值): ${checkValue(key)}`);
      expect(no).toContain('"key-check-value-differs"');
      const yes = await atTerminal(enter('B-2', '4'), [...typed(two), 'yes\r']);
      expect(yes).toContain('"master-key-entered"');
      for (const shown of [first, no, yes])
        for (const secret of [one, two]) expect(shown).not.toContain(secret.toString('hex').slice(0, 8));
    });
  });
}
