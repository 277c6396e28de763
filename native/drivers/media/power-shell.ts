import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

/** One PowerShell that stays: starting one takes a second. Scripts run one after another. */
export interface PowerShell {
  /** What the script gave out, lines joined. Fault: medium-unsupported {reason: powershell}. */
  run(script: string): Promise<Result<string>>;
  close(): void;
}

const limitMs = 20_000;

/**
 * Reads scripts from its standard input, each as Base64 of UTF-8 on one line, and ends each answer with a
 * line that holds the marker and whether it went well.
 */
const loop = [
  '[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)',
  'while ($null -ne ($line = [Console]::In.ReadLine())) {',
  '  try { Invoke-Expression ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($line))) | Out-String -Stream -Width 1000000; "{0}ok" }',
  '  catch { "{0}failed" } }',
].join('\n');

export function openPowerShell(start: (marker: string) => ChildProcess = startWindowsPowerShell): PowerShell {
  const marker = '#end-of-answer ';
  let child: ChildProcess | undefined;
  let lines: string[] = [];
  let answer: ((result: Result<string>) => void) | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const lost = fail('medium-unsupported', { reason: 'powershell' });

  const end = (result: Result<string>) => {
    const waiting = answer;
    answer = undefined;
    lines = [];
    waiting?.(result);
  };

  const need = (): ChildProcess => {
    if (child) return child;
    const started = start(marker);
    child = started;
    const gone = () => {
      if (child !== started) return;
      child = undefined;
      end(lost);
    };
    started.on('error', gone);
    started.on('exit', gone);
    started.stdin?.on('error', gone);
    if (started.stdout)
      createInterface({ input: started.stdout }).on('line', (line) => {
        if (child !== started) return;
        if (!line.startsWith(marker)) lines.push(line.trimEnd());
        else end(line.slice(marker.length) === 'ok' ? ok(lines.join('\n').trim()) : lost);
      });
    return started;
  };

  const one = (script: string): Promise<Result<string>> =>
    new Promise((resolve) => {
      answer = resolve;
      const shell = need();
      const limit = setTimeout(() => shell.kill(), limitMs);
      limit.unref();
      answer = (result) => {
        clearTimeout(limit);
        resolve(result);
      };
      shell.stdin?.write(`${Buffer.from(script, 'utf8').toString('base64')}\n`);
    });

  return {
    run(script) {
      const done = queue.then(() => one(script));
      queue = done;
      return done;
    },
    close() {
      child?.kill();
      child = undefined;
      end(lost);
    },
  };
}

function startWindowsPowerShell(marker: string): ChildProcess {
  const script = Buffer.from(loop.replaceAll('{0}', marker), 'utf16le').toString('base64');
  return spawn('powershell.exe', ['-NoProfile', '-NonInteractive', '-NoLogo', '-EncodedCommand', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  });
}
