import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import { openTrainingDrawer } from '../../virtual/index.ts';
import type { CardDriver, CardLink } from '../card-driver.ts';
import type { MediaDriver, MediumVolume, Transfer } from '../media-driver.ts';
import { mediaDriverOfThisSystem } from '../media/media-driver-of-this-system.ts';
import { pcscDriver } from '../pcsc/pcsc-driver.ts';
import type { DeviceCalls, DeviceLists, DeviceProcessOptions } from './device-calls.ts';

export interface HostedDevices {
  readonly calls: DeviceCalls;
  lists(): DeviceLists;
  onChange(listener: () => void): void;
  /** How far the file is that a volume is writing or reading. */
  onTransfer(listener: (volume: number, transfer: Transfer) => void): void;
}

/**
 * All drivers of this process as one.
 * @param throwAway is called when a thread is stuck in a card and nobody else would lose a lease.
 */
export const hostDevices = (options: DeviceProcessOptions, throwAway: () => void): HostedDevices => {
  let stuck = false;
  const throwAwayIfIdle = (): void => {
    if (stuck && leases.size === 0 && volumes.size === 0) throwAway();
  };

  const drawer = options.virtual && openTrainingDrawer(options.virtual.folder);
  const onStuck = (): void => {
    stuck = true;
    setImmediate(throwAwayIfIdle); // after an answer has left
  };
  const pcsc = options.pcsc
    ? pcscDriver({ binding: options.pcscBinding, heartbeatMs: options.pcscHeartbeatMs, onStuck })
    : undefined;
  const cards: readonly CardDriver[] = [drawer?.cards, pcsc].filter((one) => one !== undefined);
  const media: readonly MediaDriver[] = [
    drawer?.media,
    options.media === true ? mediaDriverOfThisSystem() : undefined,
  ].filter((one) => one !== undefined);

  const leases = new Map<number, CardLink>();
  const volumes = new Map<number, MediumVolume>();
  const transferListeners = new Set<(volume: number, transfer: Transfer) => void>();
  let nextNumber = 1;

  const onLease = <T>(lease: number, work: (link: CardLink) => Promise<Result<T>>): Promise<Result<T>> => {
    const link = leases.get(lease);
    return link === undefined ? Promise.resolve(fail('card-removed')) : work(link);
  };
  const onVolume = <T>(
    number: number,
    work: (volume: MediumVolume) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const volume = volumes.get(number);
    return volume === undefined ? Promise.resolve(fail('medium-removed')) : work(volume);
  };
  const onDrawer = <T>(
    work: (training: NonNullable<typeof drawer>) => Promise<Result<T>>,
  ): Promise<Result<T>> => (drawer === undefined ? Promise.resolve(fail('training-only')) : work(drawer));

  const calls: DeviceCalls = {
    async connect(reader, timeoutMs) {
      const driver = cards.find((one) => one.readers().some((state) => state.reader === reader));
      if (driver === undefined) {
        const noService = pcsc !== undefined && !pcsc.isRunning();
        return noService ? fail('pcsc-unavailable') : fail('reader-unknown', { reader });
      }
      const link = await driver.connect(reader, timeoutMs === undefined ? {} : { timeoutMs });
      if (!link.ok) return link;
      const lease = nextNumber++;
      leases.set(lease, link.value);
      const { atr, insertion, pinPad } = link.value;
      const pad =
        pinPad === undefined ? 'none' : pinPad.modify === undefined ? 'verify' : 'verify-and-modify';
      return ok({ lease, atr, insertion, pad });
    },
    transmit: (lease, command, timeoutMs) =>
      onLease(lease, (link) => link.transmit(command, timeoutMs === undefined ? {} : { timeoutMs })),
    verifyAtPad: (lease, entry) => onLease(lease, async (link) => link.pinPad?.verify(entry) ?? noPad()),
    modifyAtPad: (lease, entry) => onLease(lease, async (link) => link.pinPad?.modify?.(entry) ?? noPad()),
    powerCycle: (lease) => onLease(lease, (link) => link.powerCycle()),
    async closeLease(lease) {
      const link = leases.get(lease);
      leases.delete(lease);
      await link?.close();
      setImmediate(throwAwayIfIdle);
      return ok();
    },

    async openVolume(slot, expected, purpose) {
      const driver = media.find((one) => one.slots().some((state) => state.slot === slot));
      if (driver === undefined) return fail('medium-unknown', { slot });
      const volume = await driver.open(slot, expected, purpose);
      if (!volume.ok) return volume;
      const number = nextNumber++;
      volumes.set(number, volume.value);
      volume.value.onTransfer?.((transfer) => {
        for (const listener of transferListeners) listener(number, transfer);
      });
      return ok({ volume: number, identity: volume.value.identity });
    },
    freeBytes: (number) => onVolume(number, (volume) => volume.freeBytes()),
    listFiles: (number, folder) => onVolume(number, (volume) => volume.list(folder)),
    readFile: (number, path) => onVolume(number, (volume) => volume.read(path)),
    writeFile: (number, path, bytes, flush) => onVolume(number, (volume) => volume.write(path, bytes, flush)),
    removeFile: (number, path) => onVolume(number, (volume) => volume.remove(path)),
    makeCold: (number) => onVolume(number, (volume) => volume.makeCold()),
    checkCapacity: (number) =>
      onVolume(
        number,
        async (volume) => (await volume.checkCapacity?.()) ?? ok({ kind: 'not-checked', reason: 'virtual' }),
      ),
    async closeVolume(number) {
      const volume = volumes.get(number);
      volumes.delete(number);
      await volume?.close();
      setImmediate(throwAwayIfIdle);
      return ok();
    },

    trainingList: () => onDrawer((training) => training.list()),
    trainingInsert: (itemId, reader) => onDrawer((training) => training.insert(itemId, reader)),
    trainingRemove: (reader) => onDrawer((training) => training.remove(reader)),
    trainingAdd: (kind, name) => onDrawer((training) => training.add(kind, name)),
    trainingReset: () => onDrawer((training) => training.reset()),
    trainingSetPull: (reader, operation, when) =>
      onDrawer((training) => training.setPull(reader, operation, when)),
    trainingSetOverride: (reader, override) => onDrawer((training) => training.setOverride(reader, override)),
    trainingClearPlans: (reader) => onDrawer((training) => training.clearPlans(reader)),
  };

  return {
    calls,
    lists: () => ({
      readers: cards.flatMap((driver) => driver.readers()),
      slots: media.flatMap((driver) => driver.slots()),
      pcsc: pcsc?.isRunning() === true ? 'running' : 'absent',
    }),
    onChange(listener) {
      for (const driver of cards) driver.onChange(listener);
      for (const driver of media) driver.onChange(listener);
    },
    onTransfer: (listener) => void transferListeners.add(listener),
  };
};

const noPad = (): Failed => fail('card-unsupported', { reason: 'pin-pad' });
