import { setTimeout as pause } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { UsbWatch } from '../usb/watch-usb.ts';
import { openPowerShell } from './power-shell.ts';
import { systemMediaDriver, type SystemMediaDriver } from './system-media-driver.ts';
import { windowsBlockTree, windowsDisksScript } from './windows-block-tree.ts';

/**
 * SD slots of a Windows machine, as the person who is logged in. Windows mounts by itself; a cold read
 * takes a lock of the volume, which fails while anybody has a file open on it, and dismounts it under the
 * lock. Written against recorded answers of PowerShell; on Windows it is to be proven before it is used.
 */
export function windowsMediaDriver({
  pollMs = 2000,
  shell = openPowerShell(),
  usb,
}: {
  readonly pollMs?: number;
  readonly shell?: ReturnType<typeof openPowerShell>;
  readonly usb?: UsbWatch | undefined;
} = {}): SystemMediaDriver {
  const readTree = async () => {
    const answer = await shell.run(windowsDisksScript);
    return windowsBlockTree(answer.ok ? answer.value : '');
  };

  return systemMediaDriver({
    readTree,
    async mount(volume) {
      // After a dismount the letter comes back with the next access.
      for (let tries = 0; tries < 20; tries += 1) {
        const now = volume.mountPoints.at(0) ?? (await letterOf(volume.name));
        if (now !== undefined) return ok(now);
        await pause(250);
      }
      return fail('medium-unsupported', { reason: 'no-drive-letter' });
    },
    async unmount(_volume, folder) {
      const answer = await shell.run(dismountScript(folder));
      return dismounted(answer);
    },
    bytesRead: (disk) => bytesOf(disk.name, 'Read'),
    bytesWritten: (disk) => bytesOf(disk.name, 'Write'),
    takesClusters: false,
    flushesFolders: false,
    pollMs,
    usb,
    stop: () => shell.close(),
  });

  async function bytesOf(name: string, way: 'Read' | 'Write'): Promise<number | undefined> {
    const index = /^PhysicalDrive(\d+)$/.exec(name)?.[1];
    if (index === undefined) return undefined;
    const answer = await shell.run(bytesScript(index, way));
    return answer.ok && /^\d+$/.test(answer.value) ? Number(answer.value) : undefined;
  }

  async function letterOf(name: string): Promise<string | undefined> {
    const { disks } = await readTree();
    return disks
      .flatMap((disk) => disk.children)
      .find((one) => one.name === name)
      ?.mountPoints.at(0);
  }
}

/** Faults: medium-read-not-cold {reason: in-use}, medium-removed. */
export function dismounted(answer: Result<string>): Result<{ deviceCacheDropped: boolean }> {
  if (!answer.ok) return answer;
  if (answer.value === 'dismounted') return ok({ deviceCacheDropped: true });
  if (answer.value === 'absent') return fail('medium-removed', {});
  return fail('medium-read-not-cold', { reason: 'in-use' });
}

/** Counter of bytes since the disk appeared; its instances are named "1 E:". */
const bytesScript = (index: string, way: 'Read' | 'Write'): string =>
  [
    '$c = @(Get-CimInstance -ClassName Win32_PerfRawData_PerfDisk_PhysicalDisk',
    `| Where-Object { $_.Name -eq '${index}' -or $_.Name -like '${index} *' })[0]`,
    `; if ($c) { [string]$c.Disk${way}BytesPersec } else { "" }`,
  ].join(' ');

/** CreateFile on \\.\E:, FlushFileBuffers, FSCTL_LOCK_VOLUME (0x90018), FSCTL_DISMOUNT_VOLUME (0x90020). */
function dismountScript(folder: string): string {
  const letter = /^([A-Za-z]):\\?$/.exec(folder)?.[1];
  if (letter === undefined) return "'no-letter'";
  return [
    "$code = @'",
    'using System; using System.Runtime.InteropServices; using Microsoft.Win32.SafeHandles;',
    'public static class CardVolume {',
    '  [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)] static extern SafeFileHandle CreateFileW(string n, uint a, uint s, IntPtr p, uint c, uint f, IntPtr t);',
    '  [DllImport("kernel32", SetLastError = true)] static extern bool FlushFileBuffers(SafeFileHandle h);',
    '  [DllImport("kernel32", SetLastError = true)] static extern bool DeviceIoControl(SafeFileHandle h, uint c, IntPtr i, uint il, IntPtr o, uint ol, out uint r, IntPtr v);',
    '  public static string Dismount(string name) {',
    '    uint r; using (var h = CreateFileW(name, 0xC0000000, 3, IntPtr.Zero, 3, 0, IntPtr.Zero)) {',
    '      if (h.IsInvalid) return "absent";',
    '      if (!FlushFileBuffers(h)) return "not-flushed";',
    '      if (!DeviceIoControl(h, 0x90018, IntPtr.Zero, 0, IntPtr.Zero, 0, out r, IntPtr.Zero)) return "in-use";',
    '      if (!DeviceIoControl(h, 0x90020, IntPtr.Zero, 0, IntPtr.Zero, 0, out r, IntPtr.Zero)) return "not-dismounted";',
    '      return "dismounted"; } } }',
    "'@",
    "if (-not ('CardVolume' -as [type])) { Add-Type -TypeDefinition $code }",
    `[CardVolume]::Dismount('\\\\.\\${letter}:')`,
  ].join('\n');
}
