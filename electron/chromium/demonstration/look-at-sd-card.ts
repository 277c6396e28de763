import { createPrivateKey, sign, verify, X509Certificate, createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decryptKey,
  partPath,
  readCredential,
  verifyManifest,
  verifyUserInfo,
} from '../../../native/applications/sd/index.ts';
import type { IssuedCard } from './issue-at-counter.ts';
import { opensslVerifies, proof, type Proof } from './proof.ts';

/** Copies the card's whole volume to `folder`, and looks at the copy as anybody could who holds the card and knows its PIN. */
export async function lookAtSdCard(
  issued: IssuedCard,
  volume: string,
  folder: string,
  bank: { readonly bankId: string; readonly caFile: string },
): Promise<readonly Proof[]> {
  cpSync(volume, folder, { recursive: true });
  const { customer } = issued;
  const path = (part: Parameters<typeof partPath>[1]): string => join(folder, partPath(bank.bankId, part));
  const caPem = readFileSync(bank.caFile, 'utf8');
  const certificate = new X509Certificate(readFileSync(path('certificate')));
  const pemFile = join(folder, '..', 'sd-card-certificate.pem');
  writeFileSync(pemFile, certificate.toString());

  const manifest = verifyManifest(readFileSync(path('manifest')), caPem);
  const differing = manifest.ok
    ? manifest.value.files.filter(
        (file) =>
          createHash('sha256')
            .update(readFileSync(join(folder, 'BANKCARD', bank.bankId, file.path)))
            .digest('hex') !== file.sha256,
      )
    : [];
  const userInfo = verifyUserInfo(readFileSync(path('user-info')), caPem);
  const credential = readCredential(readFileSync(path('client')));
  const key = await decryptKey(readFileSync(path('key')), customer.cardPin);
  const wrong = await decryptKey(readFileSync(path('key')), '000000');
  const message = Buffer.from('a fresh message of the demonstration');
  return [
    proof('SD card: the certificate is the CA’s', certificate.verify(new X509Certificate(caPem).publicKey)),
    ...opensslVerifies(bank.caFile, pemFile),
    proof(
      'SD card: every file is the one the signed manifest names',
      manifest.ok && manifest.value.files.length >= 4 && differing.length === 0,
      manifest.ok ? `${manifest.value.files.length} files` : manifest.fault.code,
    ),
    proof(
      'SD card: the signed user information names the customer',
      userInfo.ok && userInfo.value.loginName === customer.record.loginName,
    ),
    proof('SD card: the phone client carries this card’s credential', credential.ok),
    proof(
      'SD card: its key opens with the card PIN and signs for the certificate',
      key.ok &&
        verify(
          'sha256',
          message,
          certificate.publicKey,
          sign(
            'sha256',
            message,
            createPrivateKey({ key: Buffer.from(key.value), format: 'der', type: 'pkcs8' }),
          ),
        ),
    ),
    proof('SD card: another PIN opens nothing', !wrong.ok && wrong.fault.code === 'card-pin-wrong'),
  ];
}
