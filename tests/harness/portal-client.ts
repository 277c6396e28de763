import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { loginField, loginPath, type LoginAssertion } from '../../electron/shared/bank-api/index.ts';
import { httpsSend } from './bank-client.ts';
import type { IssuedCard } from './issue-card.ts';
import type { TestBank } from './start-bank.ts';

export interface PortalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A browser's worth of the portal: cookies, forms, no redirect followed by itself. */
export interface PortalClient {
  get(path: string, headers?: Record<string, string>): Promise<PortalAnswer>;
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<PortalAnswer>;
  /** Posts a signed message as the phone client's program does, without cookies. */
  raw(path: string, message: string): Promise<PortalAnswer>;
  /** Posts an assertion as the phone client does and follows to the password page, when there is one. */
  login(assertion: LoginAssertion): Promise<PortalAnswer>;
  /** Fills in the password form that was shown last. */
  password(password: string): Promise<PortalAnswer>;
  readonly cookies: ReadonlyMap<string, string>;
  close(): void;
}

/** `at`: one of several server processes; what a browser would call the portal's origin stays the bank's. */
export const portalClient = (
  bank: TestBank,
  language = 'en',
  at = bank.server.portalOrigin,
): PortalClient => {
  const agent = new Agent({
    keepAlive: true,
    ca: readFileSync(join(bank.stationFolder, 'bank-ca.pem')),
    minVersion: 'TLSv1.3',
  });
  const origin = bank.server.portalOrigin;
  const cookies = new Map<string, string>();
  let csrf = '';

  const send = async (
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<PortalAnswer> => {
    const answer = await httpsSend(agent, new URL(path, at), method, body, {
      'Accept-Language': language,
      ...(cookies.size > 0 && { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
      ...headers,
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    const text = answer.body.toString('utf8');
    csrf = /name="csrf"\s+value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    return { status: answer.status, headers: answer.headers, text };
  };

  const client: PortalClient = {
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    post: (path, form, headers = {}) =>
      send('POST', path, new URLSearchParams(form).toString(), {
        'Content-Type': 'application/x-www-form-urlencoded',
        ...headers,
      }),
    raw: async (path, message) => {
      const headers = { 'Content-Type': 'text/plain;charset=UTF-8', Origin: 'null' };
      const answer = await httpsSend(agent, new URL(path, at), 'POST', message, headers);
      return { status: answer.status, headers: answer.headers, text: answer.body.toString('utf8') };
    },
    async login(assertion) {
      // from a file the browser's Origin is opaque
      const answer = await client.post(
        loginPath,
        { [loginField]: JSON.stringify(assertion) },
        { Origin: 'null' },
      );
      return answer.status === 303 ? client.get(String(answer.headers.location)) : answer;
    },
    password: (password) => client.post('/login/password', { csrf, password }, { Origin: origin }),
    cookies,
    close: () => agent.destroy(),
  };
  return client;
};

export interface AssertionChanges {
  /** Another `type` makes it another message. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
  readonly certificate?: Buffer;
  readonly userInfo?: Buffer;
}

/** What the phone client of this card signs, with changes for the tests that must fail. */
export const signAssertion = (
  bank: TestBank,
  card: IssuedCard,
  changes: AssertionChanges = {},
): LoginAssertion => {
  const now = Math.floor(bank.now().getTime() / 1000);
  const certificate = changes.certificate ?? card.certificate;
  const payload = {
    type: 'cardwright-login',
    version: 1,
    audience: bank.server.portalOrigin,
    bankId: bank.server.bankId,
    cardId: card.cardId,
    nonce: randomBytes(32).toString('base64url'),
    issuedAt: now,
    expiresAt: now + 180,
    clientVersion: '1.0.0',
    certificateSha256: createHash('sha256').update(certificate).digest('hex'),
    ...changes.payload,
  };
  const text = JSON.stringify(payload);
  const key = changes.key ?? card.privateKey;
  const signature =
    key.asymmetricKeyType === 'ec'
      ? sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
      : sign('sha256', Buffer.from(text), key);
  return {
    payload: text,
    signature: signature.toString('base64url'),
    certificate: certificate.toString('base64'),
    userInfo: (changes.userInfo ?? card.userInfo).toString('base64'),
  };
};
