import { argon2, randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { secretHashCost, secretHashes } from '../../../electron/bank-server/authentication/secret-hashes.ts';
import { ratioOf, spreadOf, timed, type Bench } from '../bench.ts';

/** Logins a second that two cores have to bear. */
const wantedPerSecond = 230;
const arrivingPerSecond = 100;
const password = 'Correct-horse-9';

/**
 * A login password checked as the bank checks it (argon2id, at the bank's cost, with the bank's key): as many
 * at once as there are cores, then arriving one by one whether or not the earlier ones are through. Beside it
 * the same function of Node's own crypto.
 */
export const bench: Bench = {
  name: 'login-hashing',
  async run(form) {
    const pepper = randomBytes(32);
    const hashes = secretHashes(pepper);
    const stored = await hashes.make(password);
    const check = async () => {
      if (!(await hashes.matches(stored, password))) throw new Error('the right password was refused');
    };
    const nonce = randomBytes(16);
    const derive = promisify(argon2);
    const checkByNode = () =>
      derive('argon2id', {
        ...{ message: password, nonce, secret: pepper },
        ...{
          memory: secretHashCost.memoryCost,
          passes: secretHashCost.timeCost,
          parallelism: 1,
          tagLength: 32,
        },
      });
    const rounds = form === 'short' ? 3 : 9;
    const ours: number[] = [];
    const byNode: number[] = [];
    await eachOf(50, check);
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await eachOf(200, check));
      byNode.push(await eachOf(200, checkByNode));
    }
    const waits = await arriving(check, form === 'short' ? 300 : 2000);
    const p99 = waits.toSorted((one, other) => one - other)[Math.floor(waits.length * 0.99)] ?? NaN;
    return {
      kind: 'measured',
      conditions: [
        `${cpus().length} cores, ${cpus().length} at once: ${(1000 / spreadOf(ours).median).toFixed(0)} logins a second`,
      ],
      rows: [
        { what: 'a login, all cores', unit: 'ms', samples: ours },
        { what: 'the same by node:crypto', unit: 'ms', samples: byNode },
        { what: `a login's wait at ${arrivingPerSecond} a second`, unit: 'ms', samples: waits },
      ],
      bounds: [
        { what: 'ms a login, all cores', value: spreadOf(ours).median, atMost: 1000 / wantedPerSecond },
        { what: 'to node:crypto', value: ratioOf(ours, byNode), atMost: 1.2 },
        { what: `p99 wait at ${arrivingPerSecond} a second, ms`, value: p99, atMost: 50 },
      ],
    };
  },
};

/** Milliseconds for each of so many, as many at once as there are cores. */
async function eachOf(count: number, work: () => Promise<unknown>): Promise<number> {
  let left = count;
  const worker = async () => {
    for (; left > 0;) {
      left -= 1;
      await work();
    }
  };
  return (await timed(() => Promise.all(cpus().map(worker)))) / count;
}

/** How long each waited that came at its time, evenly spread, whatever became of the others. */
async function arriving(work: () => Promise<unknown>, count: number): Promise<number[]> {
  const start = performance.now();
  const waits: Promise<number>[] = [];
  for (let at = 0; at < count; at += 1) {
    const due = start + (at * 1000) / arrivingPerSecond;
    await pause(Math.max(0, due - performance.now()));
    waits.push(work().then(() => performance.now() - due));
  }
  return Promise.all(waits);
}
