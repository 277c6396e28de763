import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cccObject,
  chuidObject,
  discoveryObject,
  markerObject,
  parseMarker,
  piv,
  userInfoObject,
} from '../../../native/applications/piv/index.ts';
import { verifyUserInfo } from '../../../native/applications/sd/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { openTrainingDrawer } from '../../../native/virtual/index.ts';
import { Stuck } from './hand.ts';
import type { IssuedCard } from './issue-at-counter.ts';
import { opensslVerifies, proof, type Proof } from './proof.ts';

/** Reads the card's objects into files of `folder`, has it sign once with its PIN, and looks at what it is. */
export async function lookAtSim(
  issued: IssuedCard,
  drawerFolder: string,
  reader: string,
  folder: string,
  caFile: string,
): Promise<readonly Proof[]> {
  mkdirSync(folder, { recursive: true });
  const drawer = openTrainingDrawer(drawerFolder);
  const link = valueOf(await drawer.cards.connect(reader));
  try {
    const card = valueOf(await piv.open(openPipe(link)));
    const keep = (name: string, bytes: Uint8Array | undefined): Uint8Array => {
      if (bytes !== undefined) writeFileSync(join(folder, name), bytes);
      return bytes ?? new Uint8Array();
    };
    const der = keep('certificate.cer', valueOf(await card.readCertificate('9a')));
    const userInfo = keep('user-info.p7m', valueOf(await card.getObject(userInfoObject)));
    const marker = keep('marker.bin', valueOf(await card.getObject(markerObject)));
    keep('chuid.bin', valueOf(await card.getObject(chuidObject)));
    keep('ccc.bin', valueOf(await card.getObject(cccObject)));
    keep('discovery.bin', valueOf(await card.getObject(discoveryObject)));

    const certificate = new X509Certificate(der);
    const pemFile = join(folder, 'certificate.pem');
    writeFileSync(pemFile, certificate.toString());
    const caPem = readFileSync(caFile, 'utf8');
    const said = verifyUserInfo(userInfo, caPem);
    const written = parseMarker(marker);

    const message = randomBytes(64);
    const digest = createHash('sha256').update(message).digest();
    const entered = await card.verifyPin(issued.customer.cardPin);
    const algorithm = certificate.publicKey.asymmetricKeyType === 'rsa' ? 'rsa-2048' : 'p-256';
    const signature = await card.sign('9a', algorithm, digest);
    return [
      proof('SIM: the certificate is the CA’s', certificate.verify(new X509Certificate(caPem).publicKey)),
      ...opensslVerifies(caFile, pemFile),
      proof(
        'SIM: the signed user information names the customer',
        said.ok && said.value.loginName === issued.customer.record.loginName,
      ),
      proof(
        'SIM: the marker seals exactly this certificate',
        written.ok && written.value.certificateSha256 === createHash('sha256').update(der).digest('hex'),
      ),
      proof(
        'SIM: with its PIN the card signs for the certificate; the key never left it',
        entered.ok && signature.ok && verify('sha256', message, certificate.publicKey, signature.value),
      ),
    ];
  } finally {
    await link.close();
    await drawer.cards.stop();
  }
}

function valueOf<T>(result: { ok: true; value: T } | { ok: false; fault: { code: string } }): T {
  if (!result.ok) throw new Stuck(`the card that was issued cannot be read: ${result.fault.code}`);
  return result.value;
}
