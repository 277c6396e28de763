import { destination, pino, symbols, type Logger } from 'pino';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/**
 * One JSON line for each event, on stderr. What is logged is chosen at each place, never whole requests
 * or bodies; the redaction below is the second net, should somebody forget.
 */
export const bankLog = (level: LogLevel): Logger =>
  pino(
    {
      level,
      base: { program: 'bank-server' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[removed]',
      },
    },
    destination({ dest: 2, sync: true }),
  );

/**
 * The log of one request: every line has its id. As `child` makes it, but for the redaction, which takes longer over one
 * bound value than the rest of a request's log: the id was made here.
 */
export const requestLog = (log: Logger, requestId: string): Logger => {
  const own = Object.create(log) as Logger & Bound;
  own[symbols.chindingsSym] = `${own[symbols.chindingsSym]},"reqId":${JSON.stringify(requestId)}`;
  return own;
};

/** JSON of what is bound to a logger, beginning with a comma. */
interface Bound {
  [symbols.chindingsSym]: string;
}

const secretNames = [
  'pin',
  'password',
  'loginPassword',
  'secret',
  'key',
  'privateKey',
  'passphrase',
  'assertion',
  'cookie',
  'authorization',
  'witness',
  'ciphertext',
  'body',
  'headers',
];
