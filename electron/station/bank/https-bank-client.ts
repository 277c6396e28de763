import { createHash, X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { bankApi } from '../../shared/bank-api/index.ts';
import { fail, ok } from '../../shared/result/index.ts';
import { awaitCertificate } from './await-certificate.ts';
import type { BankClient } from './bank-client.ts';
import { certificatesOf, inLines, parseJson, refusal } from './est-answers.ts';
import { closedAfterHandshake, exchange } from './https-exchange.ts';

export interface HttpsBankOptions {
  /** Origin of the bank's API, e.g. `https://127.0.0.1:8443`. */
  readonly origin: string;
  /** The station's own identity, PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The only CA that may vouch for the bank, PEM. */
  readonly bankCa: string;
}

const callTimeoutMs = 10_000;
/** The CA key may sit in an HSM that is busy. */
const enrolTimeoutMs = 30_000;
/** A bank may have somebody look at each request; longer than this nobody waits at the counter. */
const approvalPatienceMs = 45_000;

/** The bank over TLS 1.3 with client certificate, one kept connection for each call in flight. */
export function httpsBankClient(options: HttpsBankOptions): BankClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 4,
    minVersion: 'TLSv1.3',
    ca: options.bankCa,
    cert: options.certificate,
    key: options.key,
  });
  const send = async (request: Omit<Parameters<typeof exchange>[0], 'agent' | 'origin'>) => {
    const reply = await exchange({ ...request, agent, origin: options.origin });
    // Under TLS 1.3 a server learns of a wrong client certificate after the handshake, and many just hang
    // up. Only where nothing was asked for but to be shown something: a lost POST may have been done.
    const hungUp = !reply.ok && reply.fault.data.reason === closedAfterHandshake;
    return hungUp && request.method === 'GET'
      ? fail('bank-refused-station', { reason: closedAfterHandshake })
      : reply;
  };

  return {
    caCertificate: new X509Certificate(options.bankCa).raw,
    async call(name, params, body, { idempotencyKey, timeoutMs = callTimeoutMs } = {}) {
      const route = bankApi[name];
      const text = route.method === 'POST' ? JSON.stringify(body) : undefined;
      const reply = await send({
        method: route.method,
        path: pathOf(route.path, params, route.method === 'GET'),
        headers: {
          accept: 'application/json',
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': keyFor(idempotencyKey, text ?? '') }),
        },
        body: text,
        timeoutMs,
        repeatable: route.method === 'GET' || idempotencyKey !== undefined,
      });
      if (!reply.ok) return reply;
      const { status, contentType } = reply.value;
      if (status < 200 || status > 299) return refusal(name, reply.value);
      if (!contentType.startsWith('application/json')) return fail('bank-bad-answer', { call: name });
      // Fields this station does not know are dropped; one that is missing or of another kind is refused.
      const parsed = route.reply.safeParse(parseJson(reply.value.body));
      if (!parsed.success) return fail('bank-bad-answer', { call: name });
      // The schema of `name` was applied; TypeScript cannot follow that through the table.
      return ok(parsed.data) as never;
    },
    async readCaCertificates() {
      const reply = await send({
        method: 'GET',
        path: '/.well-known/est/cacerts',
        headers: {},
        body: undefined,
        timeoutMs: callTimeoutMs,
        repeatable: true,
      });
      return reply.ok ? certificatesOf('cacerts', reply.value) : reply;
    },
    enrol: (profile, csr) =>
      awaitCertificate('simpleenroll', approvalPatienceMs, () =>
        send({
          method: 'POST',
          path: `/.well-known/est/${encodeURIComponent(profile)}/simpleenroll`,
          headers: { 'content-type': 'application/pkcs10', 'content-transfer-encoding': 'base64' },
          body: inLines(csr),
          timeoutMs: enrolTimeoutMs,
          repeatable: true, // the same key for the same card gets the same certificate
        }),
      ),
    close() {
      agent.destroy();
    },
  };
}

function pathOf(template: string, params: Readonly<Record<string, unknown>>, withQuery: boolean): string {
  const left = new Map(Object.entries(params).filter(([, value]) => value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(String(value));
  });
  if (!withQuery || left.size === 0) return path;
  const query = new URLSearchParams(
    [...left].map(([name, value]): [string, string] => [name, String(value)]),
  );
  return `${path}?${query.toString()}`;
}

const keyFor = (idempotencyKey: string, body: string): string =>
  `${idempotencyKey}/${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
