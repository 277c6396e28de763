import { execFile } from 'node:child_process';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

const limitMs = 20_000;

/**
 * Runs a system's own program on a medium; its standard output.
 * Faults: medium-write-protected, medium-removed, medium-unsupported {reason: program}.
 */
export function runProgram(program: string, args: readonly string[]): Promise<Result<string>> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { timeout: limitMs, maxBuffer: 1 << 24, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout, stderr) => {
        if (!error) resolve(ok(stdout));
        // Of the daemon behind the program, not of the medium: "Could not connect: No such file or directory".
        else if (/connecting to the udisks daemon/i.test(stderr))
          resolve(fail('medium-unsupported', { reason: program }));
        else if (/read-only|write.protect/i.test(stderr)) resolve(fail('medium-write-protected', {}));
        else if (/no medium|does not exist|not found|No such|failed to find disk/i.test(stderr))
          resolve(fail('medium-removed', {}));
        else resolve(fail('medium-unsupported', { reason: program }));
      },
    );
  });
}
