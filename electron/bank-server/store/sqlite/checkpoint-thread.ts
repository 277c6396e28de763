import BetterSqlite3 from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';
import { logState } from './log-state.ts';

// The thread of `checkpoints.ts`: told 'write' it brings the log into the file and says when it has, told 'close' it
// ends.

const port = parentPort;
if (port === null) throw new Error('runs as a thread only');
const sqlite = new BetterSqlite3(String(workerData), { fileMustExist: true });
sqlite.pragma('synchronous = FULL');

port.on('message', (order: 'write' | 'close') => {
  if (order === 'close') {
    sqlite.close();
    port.close();
    return;
  }
  // What was committed during one turn is less than what the turn before had to write.
  for (let turn = 0; turn < MOST_TURNS && logState(sqlite).left > FEW; turn += 1)
    sqlite.pragma('wal_checkpoint(PASSIVE)');
  port.postMessage('written');
});

const MOST_TURNS = 3;
/** Pages that cost no more than the flush after them. */
const FEW = 64;
