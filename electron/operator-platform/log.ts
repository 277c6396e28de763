import { destination, pino, type Logger } from 'pino';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** One JSON line for each event, on stderr. What is logged is chosen at each place, never a request or a body. */
export const platformLog = (level: LogLevel): Logger =>
  pino(
    {
      level,
      base: { program: 'operator-platform' },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: {
        paths: ['password', 'pin', 'key', 'seed', 'cookie', 'body', 'headers'].flatMap((name) => [
          name,
          `*.${name}`,
        ]),
        censor: '[removed]',
      },
    },
    destination({ dest: 2, sync: true }),
  );
