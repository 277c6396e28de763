import 'reflect-metadata';
import { createHash, generateKeyPairSync, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

export interface TestIdentity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly sha256: string;
}

/** A self-signed certificate for 127.0.0.1 that serves as server and client. */
export const newIdentity = async (name: string, days = 30): Promise<TestIdentity> => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  const { createPublicKey } = await import('node:crypto');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const publicKey = await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(now - 86_400_000 * 60),
    notAfter: new Date(now + 86_400_000 * days),
    signingAlgorithm: algorithm,
    keys: { privateKey: signingKey as CryptoKey, publicKey: publicKey as CryptoKey },
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      new x509.BasicConstraintsExtension(true, 0, true),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString('pem'),
    sha256: createHash('sha256').update(der).digest('hex'),
  };
};
