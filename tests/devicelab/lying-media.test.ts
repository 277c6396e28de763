import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partFiles, sealedParts } from '../../native/applications/sd/index.ts';
import { issueContent, plainTemplate, type IssuedContent } from '../unit/sd/issued-content.ts';
import { openOpensslAuthority, type OpensslAuthority } from '../unit/sd/openssl-authority.ts';
import { exfatImage, fatImage, usbBus } from './devices.ts';
import { runInLab, type LabOptions } from './lab.ts';
import { lyingMedium, type Lie } from './media/lying-media.ts';
import { serveNbd } from './media/nbd-server.ts';
import { labUnavailable } from './prepare.ts';
import type { PreparedCard, Tried } from './scenarios/lying-media.ts';

const reason = labUnavailable();
const title = `Media that lie${reason === undefined ? '' : ` (skipped: ${reason})`}`;
const isLong = process.env.CARDWRIGHT_LAB === 'long';
const mib = 1024 * 1024;
const sizeMib = 256;
const serial = 'LIAR001';
const bankId = 'yunshan';

let authority: OpensslAuthority;
let content: IssuedContent;
let card: PreparedCard;
let folder = '';

beforeAll(async () => {
  if (reason !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'cardwright-liars-'));
  authority = openOpensslAuthority();
  const signer = authority.issue({
    name: 'Issuing',
    extensions: ['keyUsage=critical,digitalSignature'],
  });
  // As large as the real client, and different everywhere.
  const filling = Array.from({ length: 6000 }, (_one, line) =>
    createHash('sha256').update(String(line)).digest('hex'),
  );
  content = await issueContent(authority, signer, {
    bankId,
    template: `${plainTemplate()}\n<!--\n${filling.join('\n')}\n-->`,
  });
  const parts = {
    key: content.key,
    certificate: content.certificate,
    'user-info': content.userInfoCms,
    client: content.client,
  };
  const files = sealedParts.map((part) => ({
    path: partFiles[part],
    sha256: createHash('sha256').update(parts[part]).digest('hex'),
    size: parts[part].length,
  }));
  const identity = `${serial}||${(sizeMib * mib).toString()}|1234-ABCD`;
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  card = {
    bankId,
    bankName: content.userInfo.bankName,
    cardId: content.userInfo.cardId,
    caPem: authority.caPem,
    parts: {
      key: base64(parts.key),
      certificate: base64(parts.certificate),
      'user-info': base64(parts['user-info']),
      client: base64(parts.client),
    },
    manifest: base64(content.manifest(files, identity)),
  };
});
afterAll(() => {
  if (reason !== undefined) return;
  authority.close();
  rmSync(folder, { recursive: true, force: true });
});

type FileSystem = 'FAT32' | 'exFAT';

/** A medium for each name: where its lie begins differs. The long form plays more of each kind. */
function media(): Map<string, { lie: Lie; on: FileSystem }> {
  const all = [...lies()].map(([name, lie]) => [name, { lie, on: 'FAT32' }] as const);
  const alsoOnExfat = isLong ? /^/ : /^aliased|client, late$/;
  const onExfat = all
    .filter(([name]) => alsoOnExfat.test(name))
    .map(([name, { lie }]) => [`${name}, on exFAT`, { lie, on: 'exFAT' }] as const);
  return new Map<string, { lie: Lie; on: FileSystem }>([...all, ...onExfat]);
}

function lies(): Map<string, Lie> {
  const liars = new Map<string, Lie>([['honest', { kind: 'honest' }]]);
  for (const kib of isLong ? [0, 50, 100, 150, 250, 350] : [0, 250])
    liars.set(`drops writes after ${kib.toString()} KiB`, { kind: 'dropped-writes', afterBytes: kib * 1024 });
  for (const fromBytes of isLong ? [512, 4096, 16_384, 65_536] : [512, 16_384])
    liars.set(`forgets writes from ${fromBytes.toString()} bytes`, { kind: 'stale-reads', fromBytes });
  for (const times of isLong ? [2, 4, 8, 16] : [4])
    liars.set(`aliased ${times.toString()} times`, { kind: 'aliased', times });
  for (const times of isLong ? [2, 4] : [2])
    liars.set(`cut off at 1/${times.toString()}`, { kind: 'cut-off', times });
  // Somewhere in each file, not across a sector.
  const cells: [string, Uint8Array, number][] = [
    ['key', content.key, 200],
    ['certificate', content.certificate, 300],
    ['user information', content.userInfoCms, 500],
    ['client, early', content.client, 4196],
    ['client, late', content.client, content.client.length - 700],
    ['manifest', Buffer.from(card.manifest, 'base64'), 700],
  ];
  for (const [name, bytes, at] of cells.slice(isLong ? 0 : 3))
    liars.set(`one bit in the ${name}`, { kind: 'flipped-bit', after: bytes.slice(at, at + 12) });
  return liars;
}

/** Puts media from outside into a USB reader. */
function hands(
  liars: ReadonlyMap<string, { lie: Lie; on: FileSystem }>,
  images: Readonly<Record<FileSystem, Buffer>>,
): NonNullable<LabOptions['hands']> {
  return (qmp, labFolder) => {
    let inside: { stop(): Promise<void> } | undefined;
    let count = 0;
    return {
      card: () => Promise.resolve(card),
      media: () =>
        Promise.resolve(
          [...liars].map(([name, { lie }]) => ({
            name,
            checkCapacity: ['honest', 'aliased', 'cut-off'].includes(lie.kind),
          })),
        ),
      async insert({ name }) {
        const liar = liars.get(name as string);
        if (!liar) throw new Error(`no such medium: ${String(name)}`);
        count += 1;
        const path = join(labFolder, `nbd-${count.toString()}`);
        inside = await serveNbd(path, lyingMedium(images[liar.on], liar.lie));
        const node = `liar-${count.toString()}`;
        await qmp('blockdev-add', { driver: 'nbd', 'node-name': node, server: { type: 'unix', path } });
        await qmp('device_add', {
          ...{ driver: 'usb-storage', bus: 'xhci.0', port: '1', id: 'stick', drive: node },
          ...{ removable: true, serial },
        });
      },
      async unplug() {
        await qmp('device_del', { id: 'stick' });
        await inside?.stop();
      },
    };
  };
}

describe.skipIf(reason !== undefined)(title, () => {
  test('every one of them is rejected, an honest one is not', async () => {
    const liars = media();
    const images = {
      FAT32: readFileSync(fatImage(folder, 'liar', { mib: sizeMib, clusterSectors: 4 })),
      exFAT: readFileSync(exfatImage(folder, 'large-liar', { mib: sizeMib, clusterBytes: 32_768 })),
    };
    const tried = await runInLab<readonly Tried[]>({
      scenario: join(import.meta.dirname, 'scenarios/lying-media.ts'),
      devices: () => usbBus,
      hands: hands(liars, images),
      timeoutMs: isLong ? 1_700_000 : 280_000,
    });
    expect(tried.map(({ name }) => name)).toEqual([...liars.keys()]);
    const lying = tried.filter(({ name }) => !name.startsWith('honest'));
    for (const honest of tried.filter((one) => !lying.includes(one))) {
      expect(honest).toMatchObject({ capacity: 'holds', issuance: 'accepted', warm: 'equal' });
      // Counted by the kernel: what was read came from the medium.
      expect(honest.cold?.mediumBytes).toBeGreaterThanOrEqual(honest.cold?.fileBytes ?? Number.NaN);
      expect(honest.cold?.deviceCacheDropped).toBe(true);
    }
    // What a fake does to an issuance shows only later: its capacity alone tells. The others are left to the cold read.
    const accepted = lying.filter(({ name, capacity, issuance }) =>
      /aliased|cut off/.test(name) ? capacity !== 'medium-false-capacity' : !issuance.startsWith('medium-'),
    );
    expect(accepted).toEqual([]);
    // The control: a check that does not leave the cache takes the rest for good.
    const bits = lying.filter(({ name }) => name.startsWith('one bit in the client'));
    expect(new Set(bits.map(({ warm }) => warm))).toEqual(new Set(['equal']));
  }, 1_800_000);
});
