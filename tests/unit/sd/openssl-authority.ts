import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate authority made with the openssl command line: another hand than the code under test. */
export interface OpensslAuthority {
  readonly folder: string;
  readonly caPem: string;
  /** Issues a certificate; the names of its key and certificate files are returned. */
  issue(options: IssueOptions): IssuedCertificate;
  /** CMS SignedData, attached, DER. */
  sign(content: Uint8Array, by: IssuedCertificate, extra?: readonly string[]): Uint8Array;
  close(): void;
}

export interface IssueOptions {
  readonly name: string;
  readonly key?: 'p-256' | 'p-384' | 'rsa-2048' | 'rsa-1024';
  /** Lines of an openssl extension section, e.g. `extendedKeyUsage=clientAuth`. */
  readonly extensions?: readonly string[];
  /** Days from now; negative: already over. */
  readonly days?: number;
  readonly selfSigned?: boolean;
}

export interface IssuedCertificate {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array;
  /** Unencrypted PKCS#8, DER. */
  readonly pkcs8: Uint8Array;
}

export const openOpensslAuthority = (): OpensslAuthority => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-authority-'));
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key');
  openssl(
    ...[
      'req',
      '-x509',
      '-new',
      '-key',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '30',
      '-subj',
      '/CN=Training CA',
    ],
    ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  );

  const issue = (options: IssueOptions): IssuedCertificate => {
    const {
      name,
      key = 'p-256',
      extensions = ['keyUsage=digitalSignature'],
      days = 20,
      selfSigned = false,
    } = options;
    const base = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12);
    const privateKey = newKey(key);
    const keyFile = join(folder, `${base}.key`);
    const certificateFile = join(folder, `${base}.pem`);
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, `${base}.ext`), ['[card]', ...extensions, ''].join('\n'));
    openssl('req', '-new', '-key', keyFile, '-out', `${base}.csr`, '-subj', `/CN=${name}`);
    openssl(
      ...['x509', '-req', '-in', `${base}.csr`, '-out', certificateFile, '-extfile', `${base}.ext`],
      ...['-extensions', 'card', '-days', String(days)],
      ...(selfSigned ? ['-signkey', keyFile] : ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']),
    );
    openssl('x509', '-in', certificateFile, '-outform', 'DER', '-out', `${base}.der`);
    return {
      keyFile,
      certificateFile,
      certificatePem: readFileSync(certificateFile, 'utf8'),
      certificateDer: new Uint8Array(readFileSync(join(folder, `${base}.der`))),
      pkcs8: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    };
  };

  return {
    folder,
    caPem: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    issue,
    sign: (content, by, extra = []) => {
      writeFileSync(join(folder, 'content'), content);
      return new Uint8Array(
        openssl(
          ...['cms', '-sign', '-binary', '-nodetach', '-nosmimecap', '-md', 'sha256', '-outform', 'DER'],
          ...['-in', 'content', '-signer', by.certificateFile, '-inkey', by.keyFile, ...extra],
        ),
      );
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const newKey = (key: NonNullable<IssueOptions['key']>): KeyObject => {
  const pair =
    key === 'p-256' || key === 'p-384'
      ? generateKeyPairSync('ec', { namedCurve: key === 'p-256' ? 'prime256v1' : 'secp384r1' })
      : generateKeyPairSync('rsa', { modulusLength: key === 'rsa-2048' ? 2048 : 1024 });
  return pair.privateKey;
};
