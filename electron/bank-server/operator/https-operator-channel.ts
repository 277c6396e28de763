import { request as httpsRequest } from 'node:https';
import { keyMessagePath, keyMessageReply } from '../../shared/operator-api/index.ts';
import { problem } from '../../shared/bank-api/index.ts';
import { fail, ok } from '../../shared/result/index.ts';
import type { OperatorChannel } from './operator-channel.ts';

export interface ChannelOptions {
  /** The bank's own client key and certificate, PEM. */
  readonly key: string;
  readonly certificate: string;
  /** Certificates that operators' servers may have, or their authority's; PEM. */
  readonly trusted: readonly string[];
  readonly timeoutMs: number;
}

/** Key messages over HTTPS: TLS 1.3, certificates on both sides. */
export const httpsOperatorChannel = (options: ChannelOptions): OperatorChannel => ({
  async send(operator, message) {
    const answer = await post(options, `${operator.key_channel}${keyMessagePath}`, JSON.stringify(message));
    if (answer === undefined) return fail('operator-unreachable');
    if (answer.status === 200) {
      const reply = keyMessageReply.safeParse(answer.body);
      return reply.success ? ok(reply.data) : fail('operator-unreachable', { reason: 'answer' });
    }
    const refused = problem.safeParse(answer.body);
    return refused.success
      ? { ok: false, fault: refused.data.fault }
      : fail('operator-unreachable', { reason: 'answer' });
  },
});

/** Undefined when nothing that is HTTP came back in time. */
const post = (
  options: ChannelOptions,
  url: string,
  body: string,
): Promise<{ status: number; body: unknown } | undefined> =>
  new Promise((resolve) => {
    const request = httpsRequest(
      url,
      {
        method: 'POST',
        agent: false,
        key: options.key,
        cert: options.certificate,
        ca: [...options.trusted],
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
        response.on('error', () => resolve(undefined));
        response.on('close', () => resolve(undefined));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }),
        );
      },
    );
    const timer = setTimeout(() => request.destroy(), options.timeoutMs);
    request.on('close', () => {
      clearTimeout(timer);
      resolve(undefined); // after an answer it has been resolved already
    });
    request.on('error', () => resolve(undefined));
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
