import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** What a guest boots from. Made once per kernel version and kept in `.cache/devicelab`. */
export interface GuestImage {
  readonly kernel: string;
  readonly initramfs: string;
}

/** Programs the lab needs, with the Debian package that brings each. */
const needed: Record<string, string> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'dpkg-deb': 'dpkg',
  xz: 'xz-utils',
  cpio: 'cpio',
  depmod: 'kmod',
  'mkfs.vfat': 'dosfstools',
  'mkfs.exfat': 'exfatprogs',
};

/** Loaded in this order with whatever they depend on. */
const modules = [
  'virtio_pci',
  '9pnet_virtio',
  '9p',
  'overlay',
  'virtio_console',
  'virtio-rng',
  'xhci_pci',
  'usb_storage',
  'sd_mod',
  'sdhci_pci',
  'mmc_block',
  'vfat',
  'exfat',
  'nls_cp437',
  'nls_ascii',
  'nls_utf8',
  'nls_iso8859-1',
];

const has = (program: string): boolean =>
  ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, program)));

/** Why the lab cannot run on this machine; undefined when it can. */
export function labUnavailable(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'the device lab runs on Linux x86-64 only';
  const missing = Object.entries(needed).filter(([program]) => !has(program));
  if (!existsSync('/bin/busybox')) missing.push(['busybox', 'busybox-static']);
  if (missing.length === 0) return undefined;
  return `the device lab needs: apt-get install --no-install-recommends ${missing.map(([, name]) => name).join(' ')}`;
}

/** Fetches Debian's kernel package (not installed, only unpacked) and packs modules and busybox into an initramfs. */
export function prepareGuest(cache: string): GuestImage {
  mkdirSync(cache, { recursive: true });
  const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' });
  const packageName = /Depends: (linux-image-(\S+))/.exec(depends)?.[1];
  if (packageName === undefined) throw new Error('no kernel package is known to apt: run apt-get update');
  const version = packageName.slice('linux-image-'.length);
  const image: GuestImage = {
    kernel: join(cache, `vmlinux-${version}`),
    initramfs: join(cache, `initramfs-${version}-${recipe()}.cpio`),
  };
  if (existsSync(image.kernel) && existsSync(image.initramfs)) return image;

  const unpacked = join(cache, version);
  if (!existsSync(join(unpacked, 'complete'))) {
    rmSync(unpacked, { recursive: true, force: true });
    execFileSync('apt-get', ['download', '-q', packageName], { cwd: cache, stdio: 'ignore' });
    const deb = readdirSync(cache).find(
      (file) => file.startsWith(`${packageName}_`) && file.endsWith('.deb'),
    );
    if (deb === undefined) throw new Error(`${packageName} was not downloaded`);
    execFileSync('dpkg-deb', ['-x', join(cache, deb), unpacked]);
    rmSync(join(cache, deb));
    execFileSync('depmod', ['-b', unpacked, version]);
    writeFileSync(join(unpacked, 'complete'), '');
  }
  unpackKernel(join(unpacked, 'boot', `vmlinuz-${version}`), image.kernel);
  packInitramfs(join(unpacked, 'lib/modules', version), image.initramfs);
  return image;
}

/** A changed recipe makes a new image. */
const recipe = (): string =>
  createHash('sha256')
    .update(modules.join())
    .update(readFileSync(join(import.meta.dirname, 'guest/init')))
    .digest('hex')
    .slice(0, 8);

/** The kernel proper sits xz-compressed inside its boot image; unpacked it starts 2.4 s sooner. */
function unpackKernel(bootImage: string, to: string): void {
  const bytes = readFileSync(bootImage);
  const magic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
  const at = bytes.indexOf(magic);
  if (at < 0) throw new Error(`${bootImage} holds no xz stream`);
  let vmlinux: Buffer;
  try {
    vmlinux = execFileSync('xz', ['-dc', '--single-stream'], {
      input: bytes.subarray(at),
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
  } catch (error) {
    // xz complains of what follows the stream; what it wrote before is whole.
    vmlinux = (error as { stdout: Buffer }).stdout;
  }
  if (vmlinux.subarray(0, 4).toString('latin1') !== '\x7fELF')
    throw new Error('the unpacked kernel is not an ELF file');
  writeFileSync(`${to}.part`, vmlinux);
  renameSync(`${to}.part`, to);
}

function packInitramfs(modulesFolder: string, to: string): void {
  const dependencies = new Map<string, { file: string; needs: string[] }>();
  for (const line of readFileSync(join(modulesFolder, 'modules.dep'), 'utf8').split('\n')) {
    const [file, needs] = line.split(':');
    if (file !== undefined && file !== '')
      dependencies.set(moduleName(file), { file, needs: (needs ?? '').trim().split(' ').filter(Boolean) });
  }
  const order: string[] = [];
  const add = (name: string) => {
    const entry = dependencies.get(moduleName(name));
    if (!entry || order.includes(entry.file)) return; // built in, or there already
    // modules.dep names what is needed with the deepest last
    for (const need of entry.needs.toReversed()) if (!order.includes(need)) order.push(need);
    order.push(entry.file);
  };
  modules.forEach(add);

  const tree = `${to}.tree`;
  rmSync(tree, { recursive: true, force: true });
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'ro', 'rw', 'new'])
    mkdirSync(join(tree, folder), { recursive: true });
  copyFileSync('/bin/busybox', join(tree, 'bin/busybox'));
  for (const file of order) copyFileSync(join(modulesFolder, file), join(tree, 'modules', basename(file)));
  writeFileSync(join(tree, 'modules/order'), `${order.map((file) => basename(file)).join('\n')}\n`);
  copyFileSync(join(import.meta.dirname, 'guest/init'), join(tree, 'init'));
  chmodSync(join(tree, 'init'), 0o755);
  execFileSync('sh', ['-c', `find . | cpio -o -H newc --quiet > "${to}.part"`], { cwd: tree });
  renameSync(`${to}.part`, to);
  rmSync(tree, { recursive: true });
}

const moduleName = (file: string): string =>
  basename(file)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');
