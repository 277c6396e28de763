import { spawn } from 'node:child_process';
import { fail, ok } from '../shared/result/index.ts';
import type { Transport } from './online-bank.ts';

export interface CurlOptions {
  /** PEM file of the bank's CA. */
  readonly caFile: string;
  /** PEM file of the certificate that is on the card. */
  readonly certificateFile: string;
  /** PKCS#11 id of its key: 01 is slot 9A, 05 slot 82 (OpenSC). */
  readonly keyId: string;
  /** Asked for once for each request: the card counts wrong ones. */
  readonly cardPin: () => string;
  /** `opensc-pkcs11.so`, or another module for this card. */
  readonly module: string;
  /** Where the PC/SC service is, when it is not the system's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A standard TLS program with the key on the card: curl over PKCS#11, which is the patent's CSP plug-in
 * (S2). TLS 1.3 only. The PIN goes through a pipe, never through an argument that others can read.
 */
export const curlTransport = (origin: string, options: CurlOptions): Transport => ({
  send: (method, path, body) =>
    new Promise((resolve) => {
      const child = spawn(
        'curl',
        [
          ...['--silent', '--show-error', '--tlsv1.3', '--max-time', '60', '--request', method],
          ...['--cacert', options.caFile, '--cert', options.certificateFile],
          ...['--engine', 'pkcs11', '--key-type', 'ENG', '--config', '-'],
          ...['--write-out', '\n%{http_code}', `${origin}${path}`],
        ],
        { env: { ...process.env, ...options.environment, PKCS11_MODULE_PATH: options.module } },
      );
      const key = `pkcs11:id=%${options.keyId};type=private?pin-value=${encodeURIComponent(options.cardPin())}`;
      const [out, errors]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (part: Buffer) => out.push(part));
      child.stderr.on('data', (part: Buffer) => errors.push(part));
      child.stdin.on('error', () => {}); // it ended before it read: its exit code says so
      const sent =
        body === undefined
          ? []
          : ['header = "content-type: application/json"', `data-binary = ${quoted(body)}`];
      child.stdin.end([`key = ${quoted(key)}`, ...sent].join('\n'));
      child.on('error', () => {
        resolve(fail('bank-unreachable', { reason: 'curl' }));
      });
      child.on('close', (code) => {
        const text = Buffer.concat(out).toString('utf8');
        const at = text.lastIndexOf('\n');
        if (code === 0) {
          resolve(ok({ status: Number(text.slice(at + 1)), body: text.slice(0, at) }));
          return;
        }
        // 60: the bank's certificate. 58: the key on the card could not be used.
        const fault =
          code === 60 ? 'bank-untrusted' : code === 58 ? 'card-object-missing' : 'bank-unreachable';
        resolve(fail(fault, { reason: `curl ${String(code)}`, detail: lastLine(Buffer.concat(errors)) }));
      });
    }),
});

/** As curl's configuration files quote. */
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const lastLine = (bytes: Buffer): string => bytes.toString('utf8').trim().split('\n').at(-1) ?? '';
