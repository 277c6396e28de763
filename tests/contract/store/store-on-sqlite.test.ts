import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { storeSuite } from './store-suite.ts';

describe('the store on SQLite', () => {
  storeSuite(() => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-store-'));
    let made = 0;
    const open = async (): Promise<Store> => {
      const opened = await openSqliteStore(join(folder, `${made}.sqlite`), new Date());
      if (!opened.ok) throw new Error(opened.fault.code);
      return opened.value;
    };
    return Promise.resolve({
      open: () => {
        made += 1;
        return open();
      },
      openAgain: open,
      close: () => {
        rmSync(folder, { recursive: true, force: true });
        return Promise.resolve();
      },
    });
  });
});
