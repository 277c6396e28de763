import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { MediaDriver, MediumVolume } from '../media-driver.ts';
import type { DeviceCallName, DeviceInput, DeviceOutput, VolumeDescription } from './device-calls.ts';
import type { ProcessLife } from './process-life.ts';
import type { DeviceLink } from './start-device-process.ts';

/** The SD slots of the device process. A volume belongs to the process that gave it. */
export const remoteMedia = (link: DeviceLink): MediaDriver => {
  const unsubscribes = new Set<() => void>();
  return {
    slots: () => link.lists().slots,
    onChange(listener) {
      const unsubscribe = link.onLists(() => listener(link.lists().slots));
      unsubscribes.add(unsubscribe);
      return unsubscribe;
    },
    async open(slot, expected, purpose) {
      const life = await link.need();
      if (!life.ok) return life;
      const volume = await life.value.ask('openVolume', [slot, expected, purpose], limitMs);
      return volume.ok ? ok(remoteVolume(life.value, slot, volume.value)) : asMedium(volume);
    },
    async stop() {
      for (const unsubscribe of unsubscribes) unsubscribe();
    },
  };
};

const remoteVolume = (life: ProcessLife, slot: string, description: VolumeDescription): MediumVolume => {
  const { volume, identity } = description;
  let queue: Promise<unknown> = Promise.resolve();
  const ask = <Name extends DeviceCallName>(
    name: Name,
    ...input: DeviceInput<Name>
  ): Promise<DeviceOutput<Name>> => {
    const done = queue.then(() => life.ask(name, input, limitMs));
    queue = done;
    return done;
  };
  return {
    slot,
    identity,
    freeBytes: async () => asMedium(await ask('freeBytes', volume)),
    list: async (folder) => asMedium(await ask('listFiles', volume, folder)),
    read: async (path) => asMedium(await ask('readFile', volume, path)),
    write: async (path, bytes, flush) => asMedium(await ask('writeFile', volume, path, bytes, flush)),
    remove: async (path) => asMedium(await ask('removeFile', volume, path)),
    makeCold: async () => asMedium(await ask('makeCold', volume)),
    checkCapacity: async () => asMedium(await ask('checkCapacity', volume)),
    onTransfer: (listener) => life.onTransfer(volume, listener),
    async close() {
      await ask('closeVolume', volume);
    },
  };
};

/** A hanging process shows as a card that did not answer; of a medium one says that it could not be used. */
const asMedium = <T>(result: Result<T>): Result<T> =>
  !result.ok && result.fault.code === 'card-timeout' ? fail('medium-io-error') : result;

/** For one operation: a worn card takes its time. */
const limitMs = 120_000;
