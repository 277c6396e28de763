import { createHash, verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { AuditRecord, Locale } from '../../shared/contract/index.ts';
import { parseOfficerAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { fill, words } from '../../shared/text/index.ts';
import { isOf } from '../officers/officer-certificate.ts';

export interface EvidencePlace {
  readonly stationId: string;
  readonly training: boolean;
}

export interface EvidenceFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The signed decision of a record, for somebody who has nothing but openssl: text, signature, certificate, the CA's
 * certificate, how to check them, and last the SHA-256 of them all.
 * Faults: bad-input for a record that nobody signed; audit-chain-broken {record} for one whose signature is not right.
 */
export function evidenceFiles(
  record: AuditRecord,
  bankCas: readonly X509Certificate[],
  place: EvidencePlace,
  locale: Locale,
): Result<readonly EvidenceFile[]> {
  const signed = evidence.safeParse(record.data);
  if (!signed.success) return fail('bad-input', { field: 'sequence' });
  const { signedText, signature, certificate } = signed.data;
  const act = parseOfficerAct(signedText);
  const officer = certificateFrom(certificate);
  const ca = officer && bankCas.find((each) => isOf([each], officer));
  const text = Buffer.from(signedText, 'utf8');
  const bytes = Buffer.from(signature, 'base64');
  if (!act || !officer || !ca || !isSignature(text, officer, bytes))
    return fail('audit-chain-broken', { record: record.sequence });

  const say = words[locale].evidence;
  const contents: readonly (readonly [name: string, about: string, bytes: Buffer])[] = [
    ['act.txt', say.files.text, text],
    ['act.sig', say.files.signature, bytes],
    ['officer.pem', say.files.certificate, Buffer.from(officer.toString())],
    ['bank-ca.pem', say.files.ca, Buffer.from(ca.toString())],
  ];
  const commands = [
    'sha256sum -c SHA256SUMS',
    'openssl x509 -in officer.pem -noout -subject -nameopt utf8',
    'openssl x509 -in officer.pem -noout -pubkey -out officer.pub',
    'openssl dgst -sha256 -verify officer.pub -signature act.sig act.txt',
    // The certificate ends one day; what was signed before stays signed.
    `openssl verify -attime ${Math.floor(Date.parse(act.at) / 1000).toString()} -CAfile bank-ca.pem officer.pem`,
  ];
  const readMe = [
    say.title,
    ...(place.training ? ['', say.training] : []),
    '',
    fill(say.record, { sequence: record.sequence, station: place.stationId, at: record.at }),
    record.hash,
    '',
    ...contents.map(([name, about]) => `  ${name.padEnd(12)}  ${about}`),
    '',
    say.check,
    '',
    ...commands.map((command) => `    ${command}`),
    '',
    say.expected,
    '',
    say.ca,
    `  ${ca.fingerprint256}`,
    '',
    say.revoked,
    '',
  ].join('\n');
  const files: EvidenceFile[] = [
    ...contents.map(([name, , content]) => ({ name, bytes: content })),
    { name: 'README.txt', bytes: Buffer.from(readMe, 'utf8') },
  ];
  const sums = files.map((file) => `${sha256Of(file.bytes)}  ${file.name}\n`).join('');
  return ok([...files, { name: 'SHA256SUMS', bytes: Buffer.from(sums) }]);
}

const evidence = z.object({ signedText: z.string(), signature: z.base64(), certificate: z.base64() });

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const certificateFrom = (der: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(Buffer.from(der, 'base64'));
  } catch {
    return undefined;
  }
};

const isSignature = (text: Buffer, { publicKey }: X509Certificate, signature: Buffer): boolean => {
  try {
    return verify('sha256', text, publicKey, signature);
  } catch {
    return false;
  }
};
