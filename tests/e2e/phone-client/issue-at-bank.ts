import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  SdCardSession,
  encryptKey,
  personaliseClient,
  verifyManifest,
  verifyUserInfo,
  type ClientCredential,
  type SdReadBack,
} from '../../../native/applications/sd/index.ts';
import { clientVersion } from '../../../resources/phone-client/client-version.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { certify, prove, reserve, type SoftCard } from '../../harness/issue-card.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { MemoryVolume } from '../../unit/sd/memory-volume.ts';

/** An SD card as it leaves the counter: issued, read back, proven, registered, handed over, active. */
export interface CardFromBank {
  readonly card: SoftCard;
  readonly pin: string;
  readonly credential: ClientCredential;
  readonly readBack: SdReadBack;
  readonly folder: string;
  readonly clientUrl: string;
  close(): void;
}

/** Issues an SD card at the real bank over TLS, with everything the bank itself signs. */
export const issueAtBank = async (
  bank: TestBank,
  client: BankClient,
  customerId: string,
  template: string,
  { chained = true } = {},
): Promise<CardFromBank> => {
  const pin = '271828';
  const volume = new MemoryVolume(`SN-${customerId}|cid|1024|ABCD`);
  const sd = must(await SdCardSession.open(volume));
  const status = await client.must('status', {});
  const { bankId, bankName, portalOrigin } = status;
  const card = await reserve(bank, client, customerId, { mediumIdentity: volume.identity.text });
  const { cardId } = card;
  const pkcs8 = card.privateKey.export({ type: 'pkcs8', format: 'der' });
  const key = must(await encryptKey(pkcs8, pin));
  must(await sd.writeKey(bankId, key));
  const certificate = new Uint8Array(await certify(client, card));
  must(await sd.writeCertificate(bankId, certificate));
  const signed = await client.must('signUserInfo', { cardId });
  const userInfo = new Uint8Array(Buffer.from(signed.userInfo, 'base64'));
  must(await sd.writeUserInfo(bankId, userInfo));
  // As at the station: the card's chain of one-time passwords. Without, it is a card of S0 alone.
  const { seed } = chained ? await client.must('openOtpChain', { cardId }) : {};
  const credential = {
    bankId,
    bankName,
    portalOrigin,
    cardId,
    certificate,
    userInfo,
    key,
    clientVersion,
    ...(seed !== undefined && { seed: new Uint8Array(Buffer.from(seed, 'base64')) }),
  };
  must(await sd.writeClient(bankId, personaliseClient(template, credential)));
  must(await sd.addToDirectory({ bankId, bankName, cardId }));
  const files = must(await sd.digestFiles(bankId));
  const order = { files: [...files], clientVersion, mediumIdentity: sd.mediumIdentity };
  const { manifest } = await client.must('signManifest', { cardId }, order);
  must(await sd.writeManifest(bankId, new Uint8Array(Buffer.from(manifest, 'base64'))));

  const readBack = must(await sd.readBack(bankId));
  const caPem = readFileSync(join(bank.stationFolder, 'bank-ca.pem'), 'utf8');
  must(verifyManifest(readBack.manifest.bytes, caPem));
  must(verifyUserInfo(readBack.files['user-info'].bytes, caPem));
  const { contentSha256 } = readBack;
  await client.must('reportWritten', { cardId }, { contentSha256, clientVersion });
  await prove(client, card, Buffer.from(readBack.files.certificate.bytes), bankId);
  await client.must('registerCard', { cardId });
  await client.must('deliverCard', { cardId }, { receiptNumber: 'R-1' });
  await client.must('activateCard', { cardId });

  const folder = mkdtempSync(join(tmpdir(), 'cardwright-sd-'));
  for (const [path, bytes] of volume.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return {
    card,
    pin,
    credential,
    readBack,
    folder,
    clientUrl: pathToFileURL(join(folder, 'BANKCARD', bankId, 'client.html')).href,
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A client on its own, with a credential of somebody's choice. */
export const clientFile = (folder: string, template: string, credential: ClientCredential): string => {
  const html = personaliseClient(template, credential);
  const file = join(folder, `client-${createHash('sha256').update(html).digest('hex').slice(0, 8)}.html`);
  writeFileSync(file, html);
  return pathToFileURL(file).href;
};

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
