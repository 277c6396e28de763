import { createReadStream, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

/** What a scenario can ask of the hands outside: plugging, pulling, swapping media. See `lab.ts`. */
export type Hands = (action: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** A scenario runs the station's own code against real kernel drivers and returns what it saw. */
export type Scenario = (hands: Hands) => Promise<unknown>;

const port = readdirSync('/sys/class/virtio-ports').find(
  (name) => readFileSync(`/sys/class/virtio-ports/${name}/name`, 'utf8').trim() === 'control',
);
if (port === undefined) throw new Error('the guest has no control port');
const out = openSync(`/dev/${port}`, 'r+');
const say = (message: unknown) => {
  writeSync(out, `${JSON.stringify(message)}\n`);
};

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
createInterface({ input: createReadStream(`/dev/${port}`, { fd: out, autoClose: false }) }).on(
  'line',
  (line) => {
    const message = JSON.parse(line) as { id: number; value?: unknown; error?: string };
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) one?.resolve(message.value);
    else one?.reject(new Error(message.error));
  },
);

let nextId = 1;
const hands: Hands = (action, args = {}) => {
  const id = nextId++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    say({ kind: 'ask', id, action, args });
  });
};

const scenario = process.argv[2] ?? '';
try {
  const module = (await import(pathToFileURL(scenario).href)) as { scenario: Scenario };
  say({ kind: 'started' });
  say({ kind: 'done', value: await module.scenario(hands) });
} catch (error) {
  say({ kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
// The reader on the control port would keep the process alive.
process.exit(0);
