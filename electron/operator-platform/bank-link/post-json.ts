import { request as httpsRequest } from 'node:https';

export interface ClientIdentity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

/** One POST on a connection of its own. */
export const postJson = (
  identity: ClientIdentity,
  trusted: string,
  url: string,
  content: unknown,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly body: unknown } | 'timeout' | 'unreachable'> =>
  new Promise((resolve) => {
    const body = JSON.stringify(content);
    const request = httpsRequest(
      url,
      {
        method: 'POST',
        agent: false,
        key: identity.key,
        cert: identity.certificate,
        ca: trusted,
        minVersion: 'TLSv1.3',
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxAnswer) request.destroy();
          else chunks.push(chunk);
        });
        response.on('error', () => resolve('unreachable'));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }),
        );
      },
    );
    const timer = setTimeout(() => {
      resolve('timeout');
      request.destroy();
    }, timeoutMs);
    request.on('error', () => resolve('unreachable'));
    request.on('close', () => {
      clearTimeout(timer);
      resolve('unreachable'); // after an answer or the time limit it has been resolved already
    });
    request.end(body);
  });

const maxAnswer = 64 * 1024;

const parsed = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
};
