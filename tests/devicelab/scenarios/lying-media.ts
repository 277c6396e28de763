import { SdCardSession, verifyManifest, type SealedPart } from '../../../native/applications/sd/index.ts';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type { SystemMediaDriver } from '../../../native/drivers/media/system-media-driver.ts';
import type { ColdRead, MountedVolume } from '../../../native/drivers/media/mounted-volume.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import type { Hands, Scenario } from '../guest/run.ts';
import { pause, pluggedIn } from './plugged-in.ts';

/** A card's content as the bank made it, for the medium that will be in the slot; base64. */
export interface PreparedCard {
  readonly bankId: string;
  readonly bankName: string;
  readonly cardId: string;
  readonly caPem: string;
  readonly parts: Readonly<Record<SealedPart, string>>;
  readonly manifest: string;
}

/** What became of one medium. */
export interface Tried {
  readonly name: string;
  /** What the capacity check said: `holds`, `not-checked …`, a fault code; or it was `not asked`. */
  readonly capacity: string;
  /** Fault code of the first write, cold read or signature that failed; `accepted` when none did. */
  readonly issuance: string;
  /** What a read without `makeCold` would have said of the same content. */
  readonly warm: 'equal' | 'differs' | 'not reached';
  readonly cold: ColdRead | undefined;
  readonly ms: number;
}

/** Every medium in turn is put in the reader and written to as an issuance does. */
export const scenario: Scenario = async (hands): Promise<readonly Tried[]> => {
  const driver = linuxMediaDriver({ pollMs: 200 });
  const card = (await hands('card')) as PreparedCard;
  const media = (await hands('media')) as readonly { name: string; checkCapacity: boolean }[];
  const tried: Tried[] = [];
  for (const medium of media) tried.push(await tryOne(driver, hands, card, medium));
  await driver.stop();
  return tried;
};

async function tryOne(
  driver: SystemMediaDriver,
  hands: Hands,
  card: PreparedCard,
  { name, checkCapacity }: { name: string; checkCapacity: boolean },
): Promise<Tried> {
  console.log(`next: ${name}`);
  await hands('insert', { name });
  const slot = await pluggedIn(driver);
  const opened = await driver.open(slot.slot, slot.medium?.identity);
  if (!opened.ok) throw new Error(`${name}: ${JSON.stringify(opened.fault)}`);
  const volume = opened.value;
  const started = performance.now();
  const capacity = checkCapacity ? await capacityOf(volume) : 'not asked';
  const seen: { warm: Tried['warm'] } = { warm: 'not reached' };
  // Written also on a medium that was found out already: the cold read is a proof of its own.
  const issued = await issue(volume, card, seen);
  const ms = Math.round(performance.now() - started);
  const cold = volume.coldRead();
  await volume.close();
  await hands('unplug');
  for (let tries = 0; driver.slots().some((one) => one.medium) && tries < 100; tries += 1) await pause(100);
  await pause(500);
  return { name, capacity, issuance: issued.ok ? 'accepted' : issued.fault.code, warm: seen.warm, cold, ms };
}

async function capacityOf(volume: MountedVolume): Promise<string> {
  const checked = (await volume.checkCapacity?.()) ?? fail('medium-unsupported');
  if (!checked.ok) return checked.fault.code;
  return checked.value.kind === 'holds' ? 'holds' : `not-checked ${checked.value.reason}`;
}

async function issue(
  volume: MountedVolume,
  card: PreparedCard,
  seen: { warm: Tried['warm'] },
): Promise<Result<unknown>> {
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
  const opened = await SdCardSession.open(volume);
  if (!opened.ok) return opened;
  const session = opened.value;
  const { bankId } = card;
  const writes = [
    () => session.writeKey(bankId, bytes(card.parts.key)),
    () => session.writeCertificate(bankId, bytes(card.parts.certificate)),
    () => session.writeUserInfo(bankId, bytes(card.parts['user-info'])),
    () => session.writeClient(bankId, bytes(card.parts.client)),
    () => session.addToDirectory({ bankId, bankName: card.bankName, cardId: card.cardId }),
    () => session.writeManifest(bankId, bytes(card.manifest)),
  ];
  for (const write of writes) {
    const written = await write();
    if (!written.ok) return written;
  }
  const warm = await volume.read(`BANKCARD/${bankId}/client.html`);
  seen.warm =
    warm.ok && Buffer.from(warm.value).equals(Buffer.from(bytes(card.parts.client))) ? 'equal' : 'differs';
  const read = await session.readBack(bankId);
  return read.ok ? verifyManifest(read.value.manifest.bytes, card.caPem) : read;
}
