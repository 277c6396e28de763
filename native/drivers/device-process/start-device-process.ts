import { fileURLToPath } from 'node:url';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { CardDriver } from '../card-driver.ts';
import type { MediaDriver } from '../media-driver.ts';
import type { TrainingDevices } from '../training-devices.ts';
import type { DeviceLists, DeviceProcessOptions } from './device-calls.ts';
import { noDevices, startLife, type ProcessLife } from './process-life.ts';
import { remoteCards } from './remote-cards.ts';
import { remoteMedia } from './remote-media.ts';
import { remoteTraining } from './remote-training.ts';

export interface StartDeviceProcessOptions extends DeviceProcessOptions {
  /** The program as built; its source beside this file when absent. */
  readonly programUrl?: URL | undefined;
  /** How long a process may take until it is ready. */
  readonly startTimeoutMs?: number;
  /** How long a process that is asked nothing may be silent until it is thrown away. */
  readonly silenceLimitMs?: number;
}

/** All drivers, in a process that can be thrown away. */
export interface DeviceProcess {
  readonly cards: CardDriver;
  readonly media: MediaDriver;
  /** Only where virtual devices were asked for. */
  readonly training: TrainingDevices | undefined;
  condition(): DeviceCondition;
  /** Ends the process and starts another. Fault: device-process-lost. */
  restart(): Promise<Result<void>>;
  /** Ends it for good; the drivers' own `stop` only ends their listening. */
  stop(): Promise<void>;
}

export interface DeviceCondition {
  readonly devices: 'running' | 'restarting';
  readonly pcsc: 'running' | 'absent' | 'restarting';
}

/**
 * Starts the process and waits until it is ready. When it dies, what was asked of it fails with
 * device-process-lost, its leases and volumes are gone, and it is started again; a process that keeps
 * dying waits until somebody needs it. Fault: device-process-lost, when it does not start.
 */
export const startDeviceProcess = async (
  options: StartDeviceProcessOptions,
): Promise<Result<DeviceProcess>> => {
  const { programUrl, startTimeoutMs = 20_000, silenceLimitMs = 10_000, ...hosted } = options;
  const program = fileURLToPath(programUrl ?? new URL('./program.ts', import.meta.url));
  const listeners = new Set<() => void>();
  let lists: DeviceLists = noDevices;
  let running: ProcessLife | undefined;
  let starting: Promise<Result<ProcessLife>> | undefined;
  let lives = 0;
  let stopped = false;
  let shortLives = 0;
  let pause: NodeJS.Timeout | undefined;

  const show = (next: DeviceLists): void => {
    lists = next;
    for (const listener of listeners) listener();
  };

  const begin = async (): Promise<Result<ProcessLife>> => {
    const life = startLife(program, hosted, ++lives, silenceLimitMs, {
      onLists: () => running === life && show(life.lists()),
      onEnd: () => running === life && lose(life),
    });
    const limit = setTimeout(() => life.kill(), startTimeoutMs);
    const ready = await life.ready;
    clearTimeout(limit);
    if (!ready || !life.isAlive() || stopped) {
      life.kill();
      return fail('device-process-lost');
    }
    running = life;
    show(life.lists());
    return ok(life);
  };

  /** The living process; a new one where there is none. */
  const need = (): Promise<Result<ProcessLife>> => {
    if (stopped) return Promise.resolve(fail('device-process-lost'));
    if (running !== undefined) return Promise.resolve(ok(running));
    clearTimeout(pause);
    starting ??= begin().finally(() => (starting = undefined));
    return starting;
  };

  /** Starts another: at once after a long life, later after each short one, so that a crash does not spin. */
  const lose = (life: ProcessLife): void => {
    running = undefined;
    show(noDevices);
    if (stopped) return;
    shortLives = Date.now() - life.startedAt < shortLifeMs ? shortLives + 1 : 0;
    if (shortLives > 5) return; // until somebody needs it
    pause = setTimeout(() => void need(), shortLives === 0 ? 0 : 50 * 2 ** shortLives);
  };

  const first = await need();
  if (!first.ok) {
    stopped = true;
    return first;
  }

  const link: DeviceLink = {
    need,
    lists: () => lists,
    onLists(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return ok({
    cards: remoteCards(link),
    media: remoteMedia(link),
    training: hosted.virtual === undefined ? undefined : remoteTraining(link),
    condition: () => ({
      devices: running === undefined ? 'restarting' : 'running',
      pcsc: running === undefined ? 'restarting' : lists.pcsc,
    }),
    async restart() {
      shortLives = 0;
      await running?.end();
      const next = await need();
      return next.ok ? ok() : next;
    },
    async stop() {
      stopped = true;
      clearTimeout(pause);
      listeners.clear();
      await running?.end();
    },
  });
};

/** What the remote drivers stand on. */
export interface DeviceLink {
  /** The living process. Fault: device-process-lost. */
  need(): Promise<Result<ProcessLife>>;
  lists(): DeviceLists;
  onLists(listener: () => void): () => void;
}

const shortLifeMs = 10_000;
