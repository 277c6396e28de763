import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';

const reason = labUnavailable();
const title = `The lab’s own limits${reason === undefined ? '' : ` (skipped: ${reason})`}`;

describe.skipIf(reason !== undefined)(title, () => {
  test('a guest that does not come up is started once more, and then said to be what it is', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const never = runInLab({
      scenario: join(import.meta.dirname, 'scenarios/list-slots.ts'),
      devices: () => ['-S'], // its processor never starts
      limits: { bootMs: 2000, silenceMs: 60_000 },
    });
    await expect(never).rejects.toThrow('the guest did not come to its scenario in 2 s');
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[0]).toContain('started once more');
    warned.mockRestore();
  });

  test('a guest that falls silent is ended, with its last lines', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const silent = runInLab({
      scenario: join(import.meta.dirname, 'scenarios/list-slots.ts'),
      devices: () => ['-S'],
      limits: { bootMs: 60_000, silenceMs: 2000 },
    });
    await expect(silent).rejects.toThrow(/the guest said nothing for 2 s. Its last lines:/);
    warned.mockRestore();
  });
});
