import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';

/** Another system of the bank's, and how to trust it. */
export interface PartnerAddress {
  /** `https://host/path/` */
  readonly base: string;
  /** PEM; absent: the system's authorities. */
  readonly trusted: readonly string[] | undefined;
  readonly identity: { readonly key: string; readonly certificate: string } | undefined;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

/** `--NAME URL --NAME-ca FILE --NAME-identity FILE`; what is wrong goes into `errors`. */
export const partnerOf = (name: string, values: Values, errors: string[]): PartnerAddress | undefined => {
  const base = textOf(values, name);
  const ca = textOf(values, `${name}-ca`);
  const identity = textOf(values, `${name}-identity`);
  if (base === undefined) {
    for (const [given, option] of [
      [ca, `${name}-ca`],
      [identity, `${name}-identity`],
    ] as const)
      if (given !== undefined) errors.push(`--${option} belongs to --${name}, which is missing`);
    return undefined;
  }
  if (!URL.canParse(base) || new URL(base).protocol !== 'https:')
    errors.push(`--${name}: "${base}" is not https://host/path`);
  const trusted = ca === undefined ? undefined : readPem(`${name}-ca`, ca, errors);
  const own = identity === undefined ? undefined : readSecret(`${name}-identity`, identity, errors);
  if (own !== undefined && !/PRIVATE KEY[\s\S]*CERTIFICATE|CERTIFICATE[\s\S]*PRIVATE KEY/.test(own))
    errors.push(`--${name}-identity: a private key and a certificate are wanted in it, PEM`);
  return {
    base,
    trusted: trusted === undefined ? undefined : [trusted],
    identity: own === undefined ? undefined : { key: own, certificate: own },
  };
};

/** A key of 16 or 32 bytes in hex, in a file that nobody else can read. */
export const readKey = (option: string, file: string, errors: string[]): Buffer | undefined => {
  const text = readSecret(option, file, errors)?.trim();
  if (text === undefined) return undefined;
  if (/^([0-9a-fA-F]{32}|[0-9a-fA-F]{64})$/.test(text)) return Buffer.from(text, 'hex');
  errors.push(`--${option}: 32 or 64 hex digits are wanted in it`);
  return undefined;
};

export const readSecret = (option: string, file: string, errors: string[]): string | undefined => {
  if (!existsSync(file)) errors.push(`--${option}: ${file} does not exist`);
  else if ((statSync(file).mode & 0o077) !== 0)
    errors.push(`--${option}: others may read it; make it mode 0600`);
  else return readFileSync(file, 'utf8');
  return undefined;
};

const readPem = (option: string, file: string, errors: string[]): string | undefined => {
  if (!existsSync(file)) {
    errors.push(`--${option}: ${file} does not exist`);
    return undefined;
  }
  const text = readFileSync(file, 'utf8');
  try {
    new X509Certificate(text);
    return text;
  } catch {
    errors.push(`--${option}: no certificate in it, PEM`);
    return undefined;
  }
};
