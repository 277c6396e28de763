import { destination, pino, type Logger } from 'pino';

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
