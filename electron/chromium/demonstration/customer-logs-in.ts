import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { startBrowser } from '../browser-process.ts';
import { textAt, valueAt } from '../value-at.ts';
import type { Album } from './album.ts';
import { giveChineseLetters } from './chinese-for-phone.ts';
import { handAt, Stuck, type Screen } from './hand.ts';
import type { PlayedCustomer } from './customers.ts';
import { proof, type Proof } from './proof.ts';

const phoneSize = { width: 390, height: 844 };

/**
 * The customer at home: opens the phone client from the card, unlocks it with the card PIN, and logs in at
 * the bank, which shows the login name back and takes the login password (CN102404115A, steps 3 to 8).
 */
export async function customerLogsIn(
  program: string,
  customer: PlayedCustomer,
  clientFile: string,
  bank: { readonly portalOrigin: string; readonly caFile: string },
  album: Album,
  screensFolder: string,
): Promise<readonly Proof[]> {
  const trustedKey = await keyOfServer(bank.portalOrigin, bank.caFile);
  const started = await startBrowser({ program, headless: true, size: phoneSize, phoneOf: { trustedKey } });
  if (!started.ok) throw new Stuck(`the phone did not start: ${started.fault.code}`);
  const { devTools, close } = started.value;
  try {
    const targets = valueAt(await devTools.call('Target.getTargets'), 'value', 'targetInfos');
    const page: unknown = Array.isArray(targets)
      ? targets.find((target) => textAt(target, 'type') === 'page')
      : undefined;
    const attached = await devTools.call('Target.attachToTarget', {
      targetId: textAt(page, 'targetId'),
      flatten: true,
    });
    const session = textAt(attached, 'value', 'sessionId');
    const screen: Screen = {
      seat: 'phone',
      call: (method, params = {}) => devTools.call(method, params, session),
    };
    const phone = await handAt(screen, phoneSize);
    await devTools.call('Page.navigate', { url: pathToFileURL(clientFile).href }, session);
    await phone.see('.pin');
    await giveChineseLetters(screen, screensFolder);
    await album.takeOnce(phone, 'phone-client');
    await phone.digits(customer.cardPin);
    await phone.press('Enter');
    await phone.see('[type=password]', 30_000);
    const shown = await phone.text();
    await album.takeOnce(phone, 'phone-at-the-bank');
    await phone.type('[type=password]', customer.loginPassword);
    await phone.press('Enter');
    await phone.see('[action="/logout"]');
    await album.takeOnce(phone, 'phone-logged-in');
    return [
      proof(
        'SD card: its phone client arrives at the bank, which shows the login name back',
        shown.includes(customer.record.loginName),
      ),
      proof('SD card: the login password opens the main menu', true),
    ];
  } finally {
    await close();
  }
}

/** The key of the bank's portal, taken only after its certificate has been verified under the bank's CA. */
async function keyOfServer(origin: string, caFile: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(caFile) });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  const key = new X509Certificate(raw).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
