import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { replaceFile } from './replace-file.ts';

/** A private key and its certificate, PEM: who the station is to the bank. */
export interface StationIdentity {
  readonly key: string;
  readonly certificate: string;
}

/**
 * The station's identity on disk, and the one that is to follow it:
 *
 *   station.key.pem        station.cert.pem         in use
 *   station.next-key.pem                            made, a certificate is being asked for
 *   station.next-key.pem   station.next-cert.pem    certified, not tried yet
 *
 * Two files cannot be replaced at once. Whatever is cut off between, `openStationCredentials` finds a key with its
 * own certificate.
 */
export interface StationCredentials {
  readonly stationId: string;
  /** What the bank calls it, and what officers sign. */
  readonly stationNumber: string;
  /** Certificates that may vouch for the bank, PEM, as they were at the start. */
  readonly bankCa: string;
  current(): StationIdentity;
  /** Of one that is to follow: its key, and its certificate once there is one. */
  next(): { readonly key: string; readonly certificate: string | undefined } | undefined;
  keepNextKey(key: string): void;
  keepNextCertificate(certificate: string): void;
  /** The next identity becomes the current one. */
  adoptNext(): StationIdentity;
  dropNext(): void;
}

/** How a file is replaced as a whole, and removed; another way in tests. */
export interface FileSteps {
  replace(file: string, content: string): void;
  remove(file: string): void;
}

const onDisk: FileSteps = {
  replace: replaceFile,
  remove(file) {
    rmSync(file, { force: true });
  },
};

const filesIn = (folder: string) => ({
  key: join(folder, 'station.key.pem'),
  certificate: join(folder, 'station.cert.pem'),
  nextKey: join(folder, 'station.next-key.pem'),
  nextCertificate: join(folder, 'station.next-cert.pem'),
  bankCa: join(folder, 'bank-ca.pem'),
});

/**
 * A station without credentials is no station of this bank. A change that was cut off is brought to its end first.
 * Fault: bank-untrusted {reason: credentials, folder}.
 */
export function openStationCredentials(
  folder: string,
  steps: FileSteps = onDisk,
): Result<StationCredentials> {
  const files = filesIn(folder);
  let stationId: string;
  let stationNumber: string;
  let bankCa: string;
  let current: StationIdentity;
  try {
    settle(files, steps);
    current = { key: read(files.key), certificate: read(files.certificate) };
    bankCa = read(files.bankCa);
    if (!belongTogether(current.key, current.certificate)) throw new Error('two identities');
    const { subject } = new X509Certificate(current.certificate);
    stationId = /^CN=(.+)$/m.exec(subject)?.[1] ?? 'station';
    stationNumber = /^serialNumber=([\w-]+)/m.exec(subject)?.[1] ?? stationId;
  } catch {
    return fail('bank-untrusted', { reason: 'credentials', folder });
  }
  return ok({
    stationId,
    stationNumber,
    bankCa,
    current: () => current,
    next() {
      if (!existsSync(files.nextKey)) return undefined;
      const key = read(files.nextKey);
      if (!existsSync(files.nextCertificate)) return { key, certificate: undefined };
      const certificate = read(files.nextCertificate);
      return { key, certificate: belongTogether(key, certificate) ? certificate : undefined };
    },
    keepNextKey(key) {
      steps.remove(files.nextCertificate);
      steps.replace(files.nextKey, key);
    },
    keepNextCertificate(certificate) {
      steps.replace(files.nextCertificate, certificate);
    },
    adoptNext() {
      steps.replace(files.key, read(files.nextKey));
      settle(files, steps);
      current = { key: read(files.key), certificate: read(files.certificate) };
      return current;
    },
    dropNext() {
      dropNext(files, steps);
    },
  });
}

/** Ends a change of identities that was cut off, before another program reads the folder. */
export function settleStationCredentials(folder: string): void {
  try {
    settle(filesIn(folder), onDisk);
  } catch {
    // Whoever reads them says what is wrong with them.
  }
}

type Files = ReturnType<typeof filesIn>;

/** The key in use is the next one already: its certificate follows. */
function settle(files: Files, steps: FileSteps): void {
  if (!existsSync(files.nextCertificate)) return;
  const certificate = read(files.nextCertificate);
  if (!belongTogether(read(files.key), certificate)) return;
  steps.replace(files.certificate, certificate);
  dropNext(files, steps);
}

/** The key first: a certificate alone counts for nothing, a key alone could be asked for again. */
function dropNext(files: Files, steps: FileSteps): void {
  steps.remove(files.nextKey);
  steps.remove(files.nextCertificate);
}

const read = (file: string): string => readFileSync(file, 'utf8');

function belongTogether(key: string, certificate: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
