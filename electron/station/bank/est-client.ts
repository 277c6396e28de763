import { Agent } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { ok, type Result } from '../../shared/result/index.ts';
import { awaitCertificate } from './await-certificate.ts';
import { certificatesOf, inLines } from './est-answers.ts';
import { exchange, type Reply } from './https-exchange.ts';
import { networkFault } from './network-fault.ts';

export interface EstServer {
  /** Origin, e.g. `https://bank.example:8444`. */
  readonly origin: string;
  /** Certificates that may vouch for it, PEM. */
  readonly ca: string;
  /** RFC 7030, 3.2.2: which of the server's CAs or profiles; none where it has one only. */
  readonly label?: string;
  /** What this client has already, PEM. */
  readonly identity?: { readonly key: string; readonly certificate: string };
  /** For a first certificate (RFC 7030, 3.2.3). */
  readonly password?: { readonly user: string; readonly secret: string };
  /** Default: 1.3 only. 1.2 for servers that know nothing newer. */
  readonly versions?: { readonly minVersion: TlsVersion; readonly maxVersion: TlsVersion };
}

type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** Makes a PKCS#10 request (DER) with this challengePassword in it. */
export type MakeRequest = (challengePassword: string | undefined) => Promise<Result<Uint8Array>>;

/**
 * A client of any EST server (RFC 7030, 8951). Requests are tied to their connection where it has a value for
 * that (RFC 7030, 3.5; RFC 9266), so each try makes its own. Faults: those of the network and of the answers
 * (bank-refused-station, csr-refused, bank-bad-answer, bank-internal-error), bank-busy while it waits for approval.
 */
export interface EstClient {
  /** DER of each. */
  readCaCertificates(): Promise<Result<readonly Uint8Array[]>>;
  /** Asks again while the server says so, for at most `patienceMs`; gives the certificate, DER. */
  enrol(make: MakeRequest, patienceMs: number): Promise<Result<Uint8Array>>;
  reenrol(make: MakeRequest, patienceMs: number): Promise<Result<Uint8Array>>;
}

const timeoutMs = 30_000;

export function estClient(server: EstServer): EstClient {
  const path = (operation: string): string =>
    `/.well-known/est/${server.label === undefined ? '' : `${encodeURIComponent(server.label)}/`}${operation}`;

  const post = async (operation: string, make: MakeRequest): Promise<Result<Reply>> => {
    const opened = await openConnection(server);
    if (!opened.ok) return opened;
    const socket = opened.value;
    try {
      const request = await make(bindingOf(socket)?.toString('base64'));
      if (!request.ok) return request;
      return await exchange({
        connection: socket,
        origin: server.origin,
        method: 'POST',
        path: path(operation),
        headers: {
          'content-type': 'application/pkcs10',
          'content-transfer-encoding': 'base64',
          ...(server.password && { authorization: basic(server.password) }),
        },
        body: inLines(request.value),
        timeoutMs,
        repeatable: false, // another connection would need another request
      });
    } finally {
      socket.destroy();
    }
  };

  return {
    async readCaCertificates() {
      const agent = new Agent(tlsOptions(server));
      const reply = await exchange({
        agent,
        origin: server.origin,
        method: 'GET',
        path: path('cacerts'),
        headers: {},
        body: undefined,
        timeoutMs,
        repeatable: true,
      });
      agent.destroy();
      return reply.ok ? certificatesOf('cacerts', reply.value) : reply;
    },
    enrol: (make, patienceMs) =>
      awaitCertificate('simpleenroll', patienceMs, () => post('simpleenroll', make)),
    reenrol: (make, patienceMs) =>
      awaitCertificate('simplereenroll', patienceMs, () => post('simplereenroll', make)),
  };
}

const tlsOptions = ({ ca, identity, versions }: EstServer) => ({
  ca,
  ...(versions ?? { minVersion: 'TLSv1.3' as const }),
  ...(identity && { key: identity.key, cert: identity.certificate }),
});

function openConnection(server: EstServer): Promise<Result<TLSSocket>> {
  const { hostname, port } = new URL(server.origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      servername: nameOf(host),
      ...tlsOptions(server),
    });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
      timeoutMs,
    );
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      resolve(ok(socket));
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      resolve(networkFault(error));
    });
  });
}

/** An address is no name to ask for (RFC 6066, 3). */
const nameOf = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host);

/** TLS 1.3: RFC 9266. TLS 1.2: tls-unique of RFC 5929, the client's Finished; none of a resumed session. */
const bindingOf = (socket: TLSSocket): Buffer | undefined =>
  socket.getProtocol() === 'TLSv1.3'
    ? socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
    : socket.isSessionReused()
      ? undefined
      : socket.getFinished();

// RFC 7617
const basic = ({ user, secret }: { readonly user: string; readonly secret: string }): string =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
