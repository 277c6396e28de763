import { createHash, X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { Socket } from 'node:net';
import { bankApi } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { awaitCertificate } from './await-certificate.ts';
import type { BankClient } from './bank-client.ts';
import { certificatesOf, inLines, parseJson, refusal } from './est-answers.ts';
import { closedAfterHandshake, exchange } from './https-exchange.ts';

/** With what both sides are known. */
export interface BankCredentials {
  /** The station's own identity, PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The only certificates that may vouch for the bank, PEM. */
  readonly bankCa: string;
}

export interface HttpsBankOptions extends BankCredentials {
  /** Origin of the bank's API, e.g. `https://127.0.0.1:8443`. */
  readonly origin: string;
  readonly now?: () => Date;
}

export interface HttpsBankClient extends BankClient {
  /** From now on: new connections are opened with these, and those that are open end after their answer. */
  use(credentials: Partial<BankCredentials>): void;
}

const callTimeoutMs = 10_000;
/** The CA key may sit in an HSM that is busy. */
const enrolTimeoutMs = 30_000;
/** A bank may have somebody look at each request; longer than this nobody waits at the counter. */
const approvalPatienceMs = 45_000;

/** The bank over TLS 1.3 with client certificate, one kept connection for each call in flight. */
export function httpsBankClient({ origin, now, ...first }: HttpsBankOptions): HttpsBankClient {
  let credentials: BankCredentials = first;
  let agent = agentWith(credentials);
  const send = async (request: Omit<Parameters<typeof exchange>[0], 'agent' | 'origin'>) => {
    const reply = await exchange({ ...request, agent, origin });
    // Under TLS 1.3 a server learns of a wrong client certificate after the handshake, and many just hang
    // up. Only where nothing was asked for but to be shown something: a lost POST may have been done.
    const hungUp = !reply.ok && reply.fault.data.reason === closedAfterHandshake;
    return hungUp && request.method === 'GET'
      ? fail('bank-refused-station', { reason: closedAfterHandshake })
      : reply;
  };
  /** Where the bank does not accept a certificate that has ended, that is why. */
  const explained = <T>(answer: Result<T>): Result<T> => {
    if (answer.ok || answer.fault.code !== 'bank-refused-station') return answer;
    const { validToDate } = new X509Certificate(credentials.certificate);
    const at = now?.() ?? new Date();
    return at <= validToDate
      ? answer
      : fail('station-certificate-ended', { endedOn: dayOf(validToDate), today: dayOf(at) });
  };

  const callOnce: BankClient['call'] = async (
    name,
    params,
    body,
    { idempotencyKey, timeoutMs = callTimeoutMs } = {},
  ) => {
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
    if (!reply.ok) return explained(reply);
    const { status, contentType } = reply.value;
    if (status < 200 || status > 299) return explained(refusal(name, reply.value));
    if (!contentType.startsWith('application/json')) return fail('bank-bad-answer', { call: name });
    // Fields this station does not know are dropped; one that is missing or of another kind is refused.
    const parsed = route.reply.safeParse(parseJson(reply.value.body));
    if (!parsed.success) return fail('bank-bad-answer', { call: name });
    // The schema of `name` was applied; TypeScript cannot follow that through the table.
    return ok(parsed.data) as never;
  };

  return {
    caCertificate: new X509Certificate(first.bankCa).raw,
    async call(name, params, body, options) {
      const sentWith = credentials;
      const answer = await callOnce(name, params, body, options);
      // It was shown the certificate before, which has ended meanwhile: nothing was done.
      const isOutdated =
        !answer.ok && answer.fault.code === 'bank-refused-station' && credentials !== sentWith;
      return isOutdated ? callOnce(name, params, body, options) : answer;
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
    use(changed) {
      credentials = { ...credentials, ...changed };
      const before = agent;
      agent = agentWith(credentials);
      before.on('free', (socket: Socket) => socket.destroy());
      for (const sockets of Object.values(before.freeSockets))
        for (const each of sockets ?? []) each.destroy();
    },
    close() {
      agent.destroy();
    },
  };
}

/** UTC. */
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const agentWith = ({ key, certificate, bankCa }: BankCredentials): Agent =>
  new Agent({
    keepAlive: true,
    maxSockets: 4,
    minVersion: 'TLSv1.3',
    ca: bankCa,
    cert: certificate,
    key,
  });

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
