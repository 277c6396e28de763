import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { virtualPivCard } from '../../native/virtual/index.ts';
import { insertPassthruCard, type PassthruCard } from './ccid/passthru-card.ts';
import { usbBus } from './devices.ts';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';
import type { IssuedSim } from './scenarios/issue-sim.ts';

const needed = ['/usr/sbin/pcscd', '/usr/lib/pcsc/drivers/ifd-ccid.bundle', '/usr/bin/pkcs15-tool'];
const missing = needed.filter((file) => !existsSync(file));
const reason =
  labUnavailable() ??
  (missing.length === 0
    ? undefined
    : `needs: apt-get install pcscd libccid opensc (${missing.join(', ')} missing)`);
const title = `Issuing a SIM${reason === undefined ? '' : ` (skipped: ${reason})`}`;

describe.skipIf(reason !== undefined)(title, () => {
  test('in a CCID reader on USB, under the guest’s own pcscd', async () => {
    const card = virtualPivCard({ form: 'sim' });
    let inserted: PassthruCard | undefined;
    const issued = await runInLab<IssuedSim>({
      scenario: join(import.meta.dirname, 'scenarios/issue-sim.ts'),
      devices: (folder) => [
        ...usbBus,
        ...['-chardev', `socket,id=card,path=${join(folder, 'card.sock')},server=on,wait=off`],
        ...[
          '-device',
          'usb-ccid,id=ccid,bus=xhci.0',
          '-device',
          'ccid-card-passthru,chardev=card,bus=ccid.0',
        ],
      ],
      hands: (_qmp, folder) => ({
        async insertCard() {
          inserted = await insertPassthruCard(join(folder, 'card.sock'), card);
        },
      }),
      timeoutMs: 850_000,
    });
    console.log({ reader: issued.reader, ms: issued.ms, commands: inserted?.commands() });
    expect(issued.outcome).toBe('completed done');
    expect(issued.certificate).toMatchObject({ verified: true });
    expect(inserted?.commands()).toBeGreaterThan(20);
  }, 900_000);
});
