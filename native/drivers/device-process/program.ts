import {
  signOfLifeMs,
  type DeviceMessage,
  type DeviceProcessOptions,
  type DeviceRequest,
} from './device-calls.ts';
import { hostDevices } from './hosted-devices.ts';

/*
 * The process that holds the drivers. It is forked by `startDeviceProcess`, speaks structured messages over
 * the channel it was forked with, and ends when its parent does. Whatever goes wrong here, the station
 * lives: it starts another.
 */

const options = JSON.parse(process.argv[2] ?? '{"pcsc":false}') as DeviceProcessOptions;

const send = (message: DeviceMessage): void => {
  process.send?.(message, () => {}); // a parent that has gone needs no answer
};

/** Not `process.exit`: it would wait for a thread that is stuck in a card. Nothing here is left to be written. */
const end = (): void => void process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);

const devices = hostDevices(options, end);
devices.onChange(() => send({ kind: 'lists', lists: devices.lists() }));
devices.onTransfer((volume, transfer) => send({ kind: 'transfer', volume, transfer }));

process.on('message', (message) => {
  const request = message as DeviceRequest; // from the same version of this program
  void answer(request);
});

const answer = async ({ id, call, input }: DeviceRequest): Promise<void> => {
  // The input is the call's own by construction of the client; the union of all calls cannot say so.
  const run = devices.calls[call] as (
    ...args: readonly unknown[]
  ) => ReturnType<(typeof devices.calls)[typeof call]>;
  send({ kind: 'answer', id, result: await run(...input) });
};

send({ kind: 'ready', lists: devices.lists() });
setInterval(() => send({ kind: 'alive' }), signOfLifeMs);
