import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { requestLog } from '../../../electron/bank-server/log.ts';

describe('the log of a request', () => {
  it('is what a child with the id would write, and leaves the log it comes from alone', () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino(
      {
        base: { program: 'bank-server' },
        timestamp: false,
        redact: { paths: ['pin', '*.pin'], censor: '[removed]' },
      },
      { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
    ).child({ server: 'api' });
    const reqId = 'an "id"';
    const write = (each: typeof log): void => {
      each.info({ station: 'S-1', pin: '1234', deep: { pin: '1234' } }, 'told');
    };
    write(log.child({ reqId }));
    write(requestLog(log, reqId));
    write(requestLog(log, 'another'));
    write(log);
    const [asChild, own, another, before] = lines;
    expect(own).toEqual(asChild);
    expect(own).toMatchObject({ program: 'bank-server', server: 'api', reqId, pin: '[removed]' });
    expect(another).toMatchObject({ reqId: 'another' });
    expect(before).not.toHaveProperty('reqId');
  });

  it('has the level of the log it comes from, also where that changes', () => {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
    const own = requestLog(log, 'one');
    own.info('not told');
    expect(own.level).toBe('error');
    log.level = 'info';
    requestLog(log, 'two').info('told');
    expect(lines).toHaveLength(1);
  });
});
