import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SdCardSession, sdParts } from '../../../native/applications/sd/index.ts';
import type { IssuedContent } from '../../unit/sd/issued-content.ts';
import { MemoryVolume } from '../../unit/sd/memory-volume.ts';

export interface SdCardInFolder {
  /** Where the card's files lie, as if it were mounted there. */
  readonly folder: string;
  /** file:// address of the phone client on the card. */
  readonly clientUrl: string;
  close(): void;
}

/** Issues a card by the station's own session and puts its files into a folder of this computer. */
export const sdCardInFolder = async (content: IssuedContent): Promise<SdCardInFolder> => {
  const volume = new MemoryVolume();
  const { bankId, bankName, cardId } = content.credential;
  const session = await SdCardSession.open(volume);
  if (!session.ok) throw new Error(session.fault.code);
  const card = session.value;
  for (const part of sdParts) {
    const digests = await card.digestFiles(bankId);
    const manifest = digests.ok ? content.manifest(digests.value, card.mediumIdentity) : new Uint8Array();
    const written = await {
      key: () => card.writeKey(bankId, content.key),
      certificate: () => card.writeCertificate(bankId, content.certificate),
      'user-info': () => card.writeUserInfo(bankId, content.userInfoCms),
      client: () => card.writeClient(bankId, content.client),
      directory: () => card.addToDirectory({ bankId, bankName, cardId }),
      manifest: () => card.writeManifest(bankId, manifest),
    }[part]();
    if (!written.ok) throw new Error(written.fault.code);
  }
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-sd-'));
  for (const [path, bytes] of volume.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return {
    folder,
    clientUrl: pathToFileURL(join(folder, 'BANKCARD', bankId, 'client.html')).href,
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
