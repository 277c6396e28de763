import { randomUUID } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import { stopGracefully } from '../../graceful-stop/graceful-stop.ts';
import { serveFonts, type FontFamily } from '../../web-fonts/web-fonts.ts';
import type { ServerIdentity } from '../bank-channel/open-bank-channel.ts';
import type { Operator } from '../operator.ts';
import { html } from './html.ts';
import { layout } from './pages/layout.ts';
import { servePhone } from './serve-phone.ts';
import { style } from './style.ts';
import { localeOf, wordsIn } from './words/index.ts';

/**
 * The server for phones: TLS 1.3, forms only, no script, nothing from anywhere else. Its fonts are for phones that
 * have none for Chinese: the last character of a payee's name has to be there to be checked.
 */
export const openPhoneServer = (
  operator: Operator,
  identity: ServerIdentity,
  fonts: readonly FontFamily[],
): FastifyInstance => {
  const https: SecureContextOptions & TlsOptions = {
    key: identity.key,
    cert: identity.certificate,
    minVersion: 'TLSv1.3',
  };
  const server = fastify({
    https,
    loggerInstance: operator.log.child({ server: 'phone' }),
    // Fastify's own lines hold whole URLs.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 8 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance; // the same server; its type only remembers that it speaks TLS
  stopGracefully(server);
  server.addHook('onSend', async (_request, reply) => {
    reply.header(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('Strict-Transport-Security', 'max-age=31536000');
    if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  server.removeContentTypeParser(['application/json', 'text/plain']);
  serveFonts(server, fonts);
  const styleWithFonts = [...fonts.map(({ styleSheet }) => `@import '${styleSheet}';`), style].join('\n');
  server.get('/style.css', (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('Cache-Control', 'public, max-age=300').send(styleWithFonts),
  );
  const problemPage = (acceptLanguage: string | undefined, problem: 'notFound' | 'broken'): string => {
    const locale = localeOf(acceptLanguage);
    const words = wordsIn(locale);
    const body = html`<h1>${words.problem.title}</h1>
      <p class="lead">${words.problem[problem]}</p>
      <a class="go" href="/">${words.goHome}</a>`;
    const name = locale === 'en' ? operator.nameLatin : operator.name;
    const frame = { locale, words, operatorName: name, phoneNumber: undefined, csrfToken: '', path: '/' };
    return layout(frame, words.problem.title, body);
  };
  server.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('text/html; charset=utf-8')
      .send(problemPage(request.headers['accept-language'], 'notFound')),
  );
  server.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, request, reply) => {
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    // Name and place only: a message may quote what it could not read.
    if (status === 500)
      request.log.error({ error: error.name, code: error.code, stack: framesOf(error) }, 'failed');
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(problemPage(request.headers['accept-language'], 'broken'));
  });
  servePhone(server, operator);
  return server;
};

const framesOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');
