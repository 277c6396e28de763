import { fail, ok } from '../../../electron/shared/result/index.ts';
import { field, items, macosBlockTree, words } from './macos-block-tree.ts';
import type { UsbWatch } from '../usb/watch-usb.ts';
import { parsePlist, type PlistValue } from './plist.ts';
import { runProgram } from './run-program.ts';
import { systemMediaDriver, type BlockTree, type SystemMediaDriver } from './system-media-driver.ts';

/**
 * SD slots of a Mac, as the person who is logged in: diskutil lists, mounts and unmounts without further
 * rights. Written against recorded answers of the programs; on a Mac it is to be proven before it is used.
 */
export function macosMediaDriver({
  pollMs = 2000,
  run = runProgram,
  usb,
}: {
  readonly pollMs?: number;
  readonly run?: typeof runProgram;
  readonly usb?: UsbWatch | undefined;
} = {}): SystemMediaDriver {
  let known: { list: string; tree: BlockTree } | undefined;

  const plistOf = async (program: string, args: readonly string[]): Promise<PlistValue | undefined> => {
    const answer = await run(program, args);
    return answer.ok ? parsePlist(answer.value) : undefined;
  };

  const registry = () => plistOf('ioreg', ['-a', '-l', '-r', '-c', 'IOBlockStorageDriver']);

  return systemMediaDriver({
    async readTree() {
      const answer = await run('diskutil', ['list', '-plist']);
      if (!answer.ok) return { disks: [], facts: { systemDevices: new Set(), traced: false } };
      // Asking for every disk takes seconds; while the list stays the same so do they.
      if (known?.list === answer.value) return known.tree;
      const list = parsePlist(answer.value);
      const info = new Map<string, PlistValue | undefined>();
      for (const name of items(field(list, 'AllDisks')).map(words))
        info.set(name, await plistOf('diskutil', ['info', '-plist', name]));
      const serials = macosSerials(
        await plistOf('system_profiler', ['-xml', 'SPUSBDataType', 'SPCardReaderDataType']),
      );
      const tree = macosBlockTree({ list, info, serials });
      known = { list: answer.value, tree };
      return tree;
    },
    async mount(volume) {
      const already = volume.mountPoints.at(0);
      if (already !== undefined) return ok(already);
      const mounted = await run('diskutil', ['mount', volume.name]);
      if (!mounted.ok) return mounted;
      const point = words(field(await plistOf('diskutil', ['info', '-plist', volume.name]), 'MountPoint'));
      return point === '' ? fail('medium-unsupported', { reason: 'not-mounted' }) : ok(point);
    },
    async unmount(volume) {
      const unmounted = await run('diskutil', ['unmount', volume.name]);
      return unmounted.ok ? ok({ deviceCacheDropped: false }) : unmounted;
    },
    async bytesRead(disk) {
      return macosBytes(await registry(), disk.name, 'Read');
    },
    async bytesWritten(disk) {
      return macosBytes(await registry(), disk.name, 'Write');
    },
    takesClusters: false,
    flushesFolders: true,
    pollMs,
    usb,
  });
}

/** Serial numbers of readers (USB) and cards (native slot) by whole disk, wherever they stand in the profile. */
export function macosSerials(profile: PlistValue | undefined): ReadonlyMap<string, string> {
  const serials = new Map<string, string>();
  const visit = (value: PlistValue | undefined, serialAbove: string) => {
    for (const item of items(value)) visit(item, serialAbove);
    if (typeof value !== 'object' || Array.isArray(value)) return;
    const own = words(field(value, 'serial_num')) || words(field(value, 'spcardreader_card_serialnumber'));
    const serial = own || serialAbove;
    const name = words(field(value, 'bsd_name'));
    if (/^disk\d+$/.test(name) && serial !== '') serials.set(name, serial);
    for (const inner of Object.values(value)) if (typeof inner === 'object') visit(inner, serial);
  };
  visit(profile, '');
  return serials;
}

/** `Bytes (Read)` or `Bytes (Write)` of the driver that has this disk below it in the registry. */
export function macosBytes(
  registry: PlistValue | undefined,
  disk: string,
  way: 'Read' | 'Write',
): number | undefined {
  const carries = (value: PlistValue): boolean =>
    field(value, 'BSD Name') === disk || items(field(value, 'IORegistryEntryChildren')).some(carries);
  const count = field(field(items(registry).find(carries), 'Statistics'), `Bytes (${way})`);
  return typeof count === 'number' ? count : undefined;
}
