import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blockNode, fatImage, usbBus, usbStick } from './devices.ts';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';
import type { DesktopMounting } from './scenarios/desktop-mounting.ts';

const needed = ['/usr/libexec/udisks2/udisksd', '/usr/bin/pkexec', '/usr/lib/polkit-1/polkitd'];
const missing = needed.filter((file) => !existsSync(file));
const reason =
  labUnavailable() ??
  (missing.length > 0
    ? `needs: apt-get install udisks2 pkexec (${missing.join(', ')} missing)`
    : process.env.CARDWRIGHT_LAB === 'long'
      ? undefined
      : 'long form only: CARDWRIGHT_LAB=long');
const title = `Mounting as a person at a desktop${reason === undefined ? '' : ` (skipped: ${reason})`}`;

describe.skipIf(reason !== undefined)(title, () => {
  test('through udisks2, or through the media writer, as polkit lets them', async () => {
    const { udisks, writer, nobody, fsckClean } = await runInLab<DesktopMounting>({
      scenario: join(import.meta.dirname, 'scenarios/desktop-mounting.ts'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('stick', fatImage(folder, 'stick')),
        ...usbStick('stick', 'LAB0001'),
      ],
      timeoutMs: 400_000,
    });
    console.log({ udisks, writer, nobody });
    expect(udisks).toMatchObject({
      ...{ outcome: 'written', read: 'equal', userId: 1001, ownerId: 1001 },
      mountedBelow: expect.stringMatching(/^(\/run)?\/media/) as string,
    });
    expect(udisks.mediumBytes).toBeGreaterThanOrEqual(300_000);
    expect(writer).toMatchObject({
      ...{ outcome: 'written', read: 'equal', userId: 1002, ownerId: 1002 },
      mountedBelow: '/run/cardwright/1002',
    });
    expect(writer.mediumBytes).toBeGreaterThanOrEqual(300_000);
    expect(nobody).toMatchObject({
      outcome: expect.stringMatching(/^medium-unsupported/) as string,
      userId: 1003,
    });
    expect(fsckClean).toBe(true);
  }, 600_000);
});
