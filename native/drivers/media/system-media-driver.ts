import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { statfsSync } from 'node:fs';
import type {
  CapacityVerdict,
  MediaDriver,
  MediaSlotState,
  MediumIdentity,
  MediumPresence,
  OpenPurpose,
} from '../media-driver.ts';
import type { UsbWatch } from '../usb/watch-usb.ts';
import { volumeOf, wholeTree, type BlockDevice } from './block-tree.ts';
import { checkCapacity } from './capacity-check.ts';
import { probeFreeSpace } from './free-space-probe.ts';
import { identityOf } from './identity-of.ts';
import { mountedVolume, type MountedVolume, type Mounting, type Remounted } from './mounted-volume.ts';
import type { RawDevice } from './raw-device.ts';
import { slotLabel } from './slot-label.ts';
import { refusalsOf, type SystemFacts } from './slot-rule.ts';

export interface BlockTree {
  readonly disks: readonly BlockDevice[];
  readonly facts: SystemFacts;
}

/** What differs between the systems. Nothing here throws. */
export interface MediaSystem {
  readTree(): BlockTree | Promise<BlockTree>;
  /** One disk alone, where that is less work than the tree. */
  readDisk?(name: string): BlockDevice | undefined;
  /** Where the volume is mounted now, by us or by the desktop before; for a look without a right to write, where the system can. */
  mount(volume: BlockDevice, purpose: OpenPurpose, disk: BlockDevice): Promise<Result<string>>;
  /** `next`: what it is unmounted for; only before a cold read does the device's cache have to go. */
  unmount(volume: BlockDevice, folder: string, next: 'cold-read' | 'release'): Promise<Result<Remounted>>;
  /** See `Mounting.bytesRead`. */
  bytesRead(disk: BlockDevice): Promise<number | undefined>;
  /** See `Mounting.bytesWritten`. */
  bytesWritten?(disk: BlockDevice): Promise<number | undefined>;
  /** Whether clusters can be taken without writing them, which the capacity check on FAT needs. */
  readonly takesClusters: boolean;
  /** A volume that is not mounted, without its file system: for the capacity check on exFAT. Rejects for who may not. */
  openRaw?(volume: BlockDevice): Promise<RawDevice>;
  /** See `Mounting.writeBack`. */
  writeBack?(folder: string): Promise<'done' | 'unable'>;
  /** See `Mounting.foldersAreSynchronous`. */
  foldersAreSynchronous?(folder: string): boolean;
  /** Whether a folder can be flushed like a file. */
  readonly flushesFolders: boolean;
  readonly pollMs: number;
  /** Absent: the tree alone tells, by being read again and again. */
  readonly usb?: UsbWatch | undefined;
  stop?(): void;
}

/** The media driver of a system: slots by polling, the refusal rule at every opening, volumes over mounts. */
export interface SystemMediaDriver extends MediaDriver {
  open(slot: string, expected?: MediumIdentity, purpose?: OpenPurpose): Promise<Result<MountedVolume>>;
}

export function systemMediaDriver(system: MediaSystem): SystemMediaDriver {
  const listeners = new Set<(slots: readonly MediaSlotState[]) => void>();
  const insertions = new Map<string, { key: string; insertion: number }>();
  /** What was found out about each insertion: asking again does not probe again. */
  const capacities = new Map<string, CapacityVerdict>();
  let insertionCount = 0;
  let slots: readonly MediaSlotState[] = [];

  const look = ({ disks, facts }: BlockTree): readonly MediaSlotState[] =>
    disks.filter(isSlot).map((disk, _at, all) => ({
      slot: disk.name,
      label: slotLabel(disk, all, system.usb?.devices() ?? []),
      virtual: false,
      medium: disk.sizeBytes === 0 ? undefined : presenceOf(disk, facts),
    }));

  const presenceOf = (disk: BlockDevice, facts: SystemFacts): MediumPresence => {
    const identity = identityOf(disk);
    const key = `${identity.text}#${disk.sequence.toString()}`;
    if (insertions.get(disk.name)?.key !== key) {
      insertionCount += 1;
      insertions.set(disk.name, { key, insertion: insertionCount });
    }
    const volume = volumeOf(disk);
    return {
      identity,
      insertion: insertions.get(disk.name)?.insertion ?? insertionCount,
      fileSystem:
        volume?.signature === 'vfat'
          ? 'fat32'
          : volume?.signature === 'exfat'
            ? 'exfat'
            : wholeTree(disk).some((one) => one.signature !== undefined)
              ? 'other'
              : 'none',
      sizeBytes: disk.sizeBytes,
      freeBytes: freeBytesOf(volume),
      writeProtected: disk.readOnly,
      refusals: refusalsOf(disk, facts),
    };
  };

  const take = (tree: BlockTree) => {
    const next = look(tree);
    for (const name of [...insertions.keys()])
      if (!next.some((slot) => slot.slot === name && slot.medium)) insertions.delete(name);
    if (JSON.stringify(next) === JSON.stringify(slots)) return;
    slots = next;
    for (const listener of listeners) listener(slots);
  };

  let reading = false;
  const refresh = () => {
    // A system that answers slowly is not asked again meanwhile.
    if (reading) return;
    const tree = system.readTree();
    if (!(tree instanceof Promise)) {
      take(tree);
      return;
    }
    reading = true;
    void tree.then(take).finally(() => (reading = false));
  };

  refresh();
  const timer = setInterval(refresh, system.pollMs);
  timer.unref();
  /** A reader's slots appear after it, and a card in them later still. */
  const lookOften = (): void => {
    for (const ms of afterPlugMs) setTimeout(refresh, ms).unref();
  };
  system.usb?.onChange(lookOften);

  const diskNow = async (slot: string): Promise<{ disk: BlockDevice; facts: SystemFacts } | undefined> => {
    const { disks, facts } = await system.readTree();
    const disk = disks.find((one) => one.name === slot);
    return disk && { disk, facts };
  };

  return {
    slots: () => slots,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async open(slot, expected, purpose = 'write') {
      const now = await diskNow(slot);
      if (!now) return fail('medium-unknown', { slot });
      if (now.disk.sizeBytes === 0) return fail('no-medium', { slot });
      const identity = identityOf(now.disk);
      if (expected && expected.text !== identity.text) return fail('medium-swapped', { slot });
      const refusals = refusalsOf(now.disk, now.facts);
      if (refusals.length > 0) return fail('medium-system-disk', { slot, reasons: refusals.join(', ') });
      return openVolume(slot, now.disk, identity, purpose);
    },
    stop() {
      clearInterval(timer);
      system.usb?.stop();
      system.stop?.();
      listeners.clear();
      return Promise.resolve();
    },
  };

  async function openVolume(
    slot: string,
    disk: BlockDevice,
    identity: MediumIdentity,
    purpose: OpenPurpose,
  ): Promise<Result<MountedVolume>> {
    const volume = volumeOf(disk);
    if (!volume) return fail('medium-unsupported', { slot, reason: 'no FAT32 or exFAT file system' });
    const mounted = await system.mount(volume, purpose, disk);
    if (!mounted.ok) return mounted;
    let folder = mounted.value;
    const mountedByUs = volume.mountPoints.length === 0;
    const insertion = insertions.get(slot)?.insertion;
    const mounting: Mounting = {
      folder: () => folder,
      async stillThere() {
        const now = system.readDisk ? system.readDisk(slot) : (await diskNow(slot))?.disk;
        if (!now || now.sizeBytes === 0) return 'gone';
        // Two cards of one box may be alike in everything but when they were put in.
        const same =
          identityOf(now).text === identity.text &&
          now.sequence === disk.sequence &&
          // A system that does not count insertions is watched; a swap quicker than a look goes unseen there.
          (disk.sequence !== 0 || insertions.get(slot)?.insertion === insertion);
        return same ? 'same' : 'another';
      },
      async remount() {
        const unmounted = await system.unmount(volume, folder, 'cold-read');
        if (!unmounted.ok) return unmounted;
        const again = await system.mount({ ...volume, mountPoints: [] }, purpose, disk);
        if (!again.ok) return again;
        folder = again.value;
        return unmounted;
      },
      bytesRead: () => system.bytesRead(disk),
      bytesWritten: async () => system.bytesWritten?.(disk),
      writeBack: async () => (await system.writeBack?.(folder)) ?? 'unable',
      foldersAreSynchronous: () => system.foldersAreSynchronous?.(folder) ?? false,
      flushesFolders: system.flushesFolders,
      async release() {
        if (mountedByUs) await system.unmount(volume, folder, 'release');
      },
    };
    /** Below the file system: it is unmounted meanwhile. */
    const checkBelow = async (): Promise<Result<CapacityVerdict>> => {
      if (!system.openRaw) return ok({ kind: 'not-checked', reason: 'file-system' });
      const unmounted = await system.unmount(volume, folder, 'cold-read');
      if (!unmounted.ok) return unmounted;
      const verdict = await probeRaw(() => system.openRaw?.(volume));
      const again = await system.mount({ ...volume, mountPoints: [] }, purpose, disk);
      if (again.ok) folder = again.value;
      const there = await mounting.stillThere();
      if (there !== 'same') return fail(there === 'gone' ? 'medium-removed' : 'medium-swapped', { slot });
      if (verdict === 'io-error') return fail('medium-io-error', { slot });
      if (verdict === 'false-capacity') return fail('medium-false-capacity', { slot });
      return again.ok ? ok(verdict) : again;
    };
    const opened = mountedVolume(slot, identity, mounting);
    if (!system.takesClusters) return ok(opened);
    const key = `${identity.text}#${disk.sequence.toString()}`;
    return ok({
      ...opened,
      async checkCapacity() {
        const known = capacities.get(key);
        if (known) return ok(known);
        const checked =
          volume.signature === 'exfat'
            ? await checkBelow()
            : await checkCapacity({ slot, sizeBytes: disk.sizeBytes, mounting });
        if (checked.ok) capacities.set(key, checked.value);
        return checked;
      },
    });
  }
}

const afterPlugMs = [0, 100, 250, 500, 1000, 2000];

async function probeRaw(
  open: () => Promise<RawDevice> | undefined,
): Promise<CapacityVerdict | 'false-capacity' | 'io-error'> {
  let volume: RawDevice | undefined;
  try {
    volume = await open();
    if (volume) return await probeFreeSpace(volume);
  } catch {
    // Only root may open it: that says nothing about the card.
    if (volume) return 'io-error';
  } finally {
    await volume?.close().catch(() => undefined);
  }
  return { kind: 'not-checked', reason: 'file-system' };
}

/** Slots a card can be in. Soldered memory and internal disks are no slots and are not shown at all. */
const isSlot = (disk: BlockDevice): boolean =>
  disk.kind === 'disk' && (disk.bus === 'usb' || (disk.bus === 'mmc' && disk.mmcType === 'SD'));

/** Free space is only known while mounted; before that the size stands for it and the writer checks again. */
function freeBytesOf(volume: BlockDevice | undefined): number {
  const point = volume?.mountPoints.at(0);
  if (volume === undefined) return 0;
  if (point === undefined) return volume.sizeBytes;
  try {
    const { bavail, bsize } = statfsSync(point);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
