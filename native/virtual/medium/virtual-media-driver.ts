import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { equalBytes } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { MediaDriver, MediaSlotState, MediumVolume, Transfer } from '../../drivers/media-driver.ts';
import { clusters } from './medium-files.ts';
import { mediumScript, type MediumScript, type RunningMediumScript } from './medium-script.ts';
import type { VirtualMedium } from './virtual-medium.ts';

/** Virtual SD slots in this process, and the hands that put media into them. */
export interface VirtualMediaDriver extends MediaDriver {
  /** Faults: medium-unknown (no such slot), reader-busy (there is a medium in it). */
  insert(slot: string, medium: VirtualMedium): Result<void>;
  /** Pulls the medium; an empty slot is fine. Fault: medium-unknown. */
  remove(slot: string): Result<void>;
  /** Faults to play at this slot. An unknown slot throws. */
  script(slot: string): MediumScript;
}

interface Slot {
  readonly label: string;
  readonly script: RunningMediumScript;
  insertion: number;
  medium: VirtualMedium | undefined;
  /** What the system still holds in memory: written or read since the last cold moment. */
  readonly cache: Map<string, Uint8Array>;
}

export const virtualMediaDriver = (
  slotNames: readonly { readonly slot: string; readonly label: string }[],
): VirtualMediaDriver => {
  const slots = new Map<string, Slot>(
    slotNames.map(({ slot, label }) => [
      slot,
      {
        label,
        script: mediumScript(),
        insertion: 0,
        medium: undefined,
        cache: new Map<string, Uint8Array>(),
      },
    ]),
  );
  const listeners = new Set<(slots: readonly MediaSlotState[]) => void>();

  const states = (): readonly MediaSlotState[] =>
    [...slots].map(([slot, { label, medium, insertion }]) => ({
      slot,
      label,
      virtual: true,
      medium: medium && {
        identity: medium.identity,
        insertion,
        fileSystem: medium.fileSystem,
        sizeBytes: medium.identity.sizeBytes,
        freeBytes: medium.freeBytes(),
        writeProtected: medium.writeProtected,
        refusals: [],
      },
    }));

  const tell = (): void => {
    const now = states();
    for (const listener of listeners) listener(now);
  };

  const pull = (slot: Slot): void => {
    if (slot.medium === undefined) return;
    slot.medium = undefined;
    slot.cache.clear();
    tell();
  };

  return {
    slots: states,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async open(name, expected) {
      await nextTurn();
      const slot = slots.get(name);
      if (slot === undefined) return fail('medium-unknown', { slot: name });
      const { medium } = slot;
      if (medium === undefined) return fail('no-medium', { slot: name });
      if (expected !== undefined && medium.identity.text !== expected.text)
        return fail('medium-swapped', { serial: medium.identity.serial, expected: expected.serial });
      if (medium.fileSystem === 'none' || medium.fileSystem === 'other')
        return fail('medium-unsupported', { fileSystem: medium.fileSystem });
      return ok(openVolume(name, slot, medium, () => pull(slot)));
    },
    insert(name, medium) {
      const slot = slots.get(name);
      if (slot === undefined) return fail('medium-unknown', { slot: name });
      if (slot.medium !== undefined) return fail('reader-busy', { reader: name });
      slot.medium = medium;
      slot.insertion++;
      tell();
      return ok();
    },
    remove(name) {
      const slot = slots.get(name);
      if (slot === undefined) return fail('medium-unknown', { slot: name });
      pull(slot);
      return ok();
    },
    script(name) {
      const slot = slots.get(name);
      if (slot === undefined) throw new Error(`No virtual slot ${name}`);
      return slot.script;
    },
    async stop() {
      listeners.clear();
      slots.clear();
    },
  };
};

const openVolume = (name: string, slot: Slot, medium: VirtualMedium, pull: () => void): MediumVolume => {
  const { insertion, script, cache } = slot;
  const { files } = medium;
  const listeners = new Set<(transfer: Transfer) => void>();

  /** The time a slow card takes, told of ten times. */
  const takeTime = async (doing: Transfer['doing'], path: string, size: () => number): Promise<void> => {
    const { bytesPerSecond } = script;
    if (bytesPerSecond === undefined || !isInside(path)) return;
    const ofBytes = size();
    if (ofBytes === 0) return;
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      await pause((ofBytes * 100) / bytesPerSecond);
      const doneBytes = Math.round((ofBytes * tenth) / 10);
      for (const listener of listeners) listener({ doing, path, doneBytes, ofBytes });
    }
  };

  const lost = () => {
    if (slot.medium === undefined) return fail('medium-removed');
    return slot.insertion === insertion ? undefined : fail('medium-swapped');
  };

  /** One operation of the script; `half` is what a pull in the middle leaves behind. */
  const operate = async <T>(work: () => Result<T>, half?: () => void): Promise<Result<T>> => {
    await nextTurn();
    const gone = lost();
    if (gone !== undefined) return gone;
    const moment = script.next();
    if (moment === undefined) return work();
    if (moment === 'during') half?.();
    if (moment === 'after') work();
    pull();
    return fail('medium-removed');
  };

  const onPath = async <T>(path: string, work: () => Result<T>, half?: () => void): Promise<Result<T>> =>
    isInside(path) ? operate(work, half) : fail('bad-input', { field: 'path' });

  const writable = (path: string, bytes: Uint8Array): Result<void> => {
    if (medium.writeProtected) return fail('medium-write-protected');
    const before = files.read(path)?.length ?? 0;
    const wanted = clusters(bytes.length) - clusters(before);
    const free = medium.freeBytes();
    return wanted > free ? fail('medium-full', { freeBytes: free, neededBytes: bytes.length }) : ok();
  };

  const write = (path: string, bytes: Uint8Array): Result<void> => {
    const room = writable(path, bytes);
    if (!room.ok) return room;
    const damage = script.damage(path);
    if (damage === 'io-error') {
      files.write(path, bytes.subarray(0, bytes.length >> 1));
      return fail('medium-io-error', { path });
    }
    files.write(path, damage === 'silent' ? withBadCell(bytes) : bytes);
    cache.set(path, Uint8Array.from(bytes));
    return ok();
  };

  return {
    slot: name,
    identity: medium.identity,
    freeBytes: () => operate(() => ok(medium.freeBytes())),
    list: (folder) =>
      folder === '' ? operate(() => ok(files.list(''))) : onPath(folder, () => ok(files.list(folder))),
    async read(path) {
      await takeTime('reading', path, () => (cache.has(path) ? 0 : (files.read(path)?.length ?? 0)));
      return onPath(path, () => {
        const bytes = cache.get(path) ?? files.read(path);
        if (bytes === undefined) return fail('medium-file-missing', { path });
        cache.set(path, bytes);
        return ok(Uint8Array.from(bytes));
      });
    },
    async write(path, bytes) {
      await takeTime('writing', path, () => bytes.length);
      return onPath(
        path,
        () => write(path, bytes),
        () => {
          if (writable(path, bytes).ok) files.write(path, bytes.subarray(0, bytes.length >> 1));
        },
      );
    },
    remove: (path) =>
      onPath(path, () => {
        if (medium.writeProtected) return fail('medium-write-protected');
        files.remove(path);
        cache.delete(path);
        return ok();
      }),
    makeCold: () =>
      operate(() => {
        cache.clear();
        return ok();
      }),
    onTransfer(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {},
  };
};

/** Relative, with '/', without steps up, and nothing that a FAT volume would not take. */
const isInside = (path: string): boolean =>
  path.length > 0 &&
  path.length < 250 &&
  !/[\\:*?"<>|\u0000-\u001f]/.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const withBadCell = (bytes: Uint8Array): Uint8Array => {
  const damaged = Uint8Array.from(bytes);
  const at = damaged.length >> 1;
  if (damaged.length > 0) damaged[at] = (damaged[at] ?? 0) ^ 0x01;
  return equalBytes(damaged, bytes) ? new Uint8Array([0]) : damaged;
};
