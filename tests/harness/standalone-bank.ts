import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** As `npm run bank` has it: flags for Node and the program. */
const program = ((): readonly string[] => {
  const root = new URL('../../', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: { bank: string };
  };
  const [, ...words] = scripts.bank.split(' ');
  return words.map((word) => (word.startsWith('--') ? word : fileURLToPath(new URL(word, root))));
})();

/** A process of the bank's own program that serves. */
export interface ServingProcess {
  readonly child: ChildProcess;
  readonly apiOrigin: string;
  readonly operationsOrigin: string;
  readonly portalOrigin: string;
  /** With `--online` only. */
  readonly onlineOrigin?: string;
  /** With `--operator-gateway` and `--operator-seeds` only. */
  readonly gatewayOrigin?: string;
  readonly seedOrigin?: string;
  /** Kills without a word; resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export interface FinishedProcess {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

export const runBankProgram = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<FinishedProcess> => {
  const child = spawn(process.execPath, [...program, ...args], { env: { ...process.env, ...environment } });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
};

export const startBankProcess = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  /** Where its log goes: an open file. */
  log: number | 'inherit' = 'inherit',
): Promise<ServingProcess> => {
  const child = spawn(
    process.execPath,
    [
      ...program,
      'serve',
      '--api',
      '127.0.0.1:0',
      '--portal',
      '127.0.0.1:0',
      '--operations',
      '127.0.0.1:0',
      '--log-level',
      'error',
      ...args,
    ],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', log] },
  );
  const { stdout } = child;
  if (stdout === null) throw new Error('a process without an output');
  const [line] = (await Promise.race([
    once(createInterface({ input: stdout }), 'line'),
    once(child, 'exit').then(([code]) => [`it ended with ${String(code)}`]),
  ])) as [string];
  const ready = JSON.parse(line) as {
    kind: string;
    apiPort: number;
    operationsPort: number;
    portalPort: number;
    onlinePort?: number;
    operatorGatewayPort?: number;
    operatorSeedsPort?: number;
  };
  if (ready.kind !== 'ready') throw new Error(line);
  return {
    child,
    apiOrigin: `https://127.0.0.1:${ready.apiPort}`,
    portalOrigin: `https://127.0.0.1:${ready.portalPort}`,
    operationsOrigin: `http://127.0.0.1:${ready.operationsPort}`,
    ...(ready.onlinePort !== undefined && { onlineOrigin: `https://127.0.0.1:${ready.onlinePort}` }),
    ...(ready.operatorGatewayPort !== undefined && {
      gatewayOrigin: `https://127.0.0.1:${ready.operatorGatewayPort}`,
    }),
    ...(ready.operatorSeedsPort !== undefined && {
      seedOrigin: `https://127.0.0.1:${ready.operatorSeedsPort}`,
    }),
    async kill(signal) {
      const gone = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await gone)[0];
    },
  };
};
