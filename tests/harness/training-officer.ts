import { createDecipheriv, createHash, pbkdf2Sync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { trainingOfficerPin } from '../../electron/bank-server/training/equip-training-operator.ts';

export interface SeedReply {
  readonly status: number;
  readonly reason: string;
  readonly delivered: boolean;
}

/** Enters a seed as the page's script does: opens the employee's card file, signs, sends. */
export const enterSeedAs = async (
  seedOrigin: string,
  ca: string,
  cardFile: string,
  seed: Uint8Array,
  changes: { readonly origin?: string; readonly signed?: Uint8Array } = {},
): Promise<SeedReply> => {
  const card = JSON.parse(readFileSync(cardFile, 'utf8')) as Record<string, string> & { iterations: number };
  const bytes = (name: string) => Buffer.from(card[name]!, 'base64');
  const key = pbkdf2Sync(trainingOfficerPin, bytes('salt'), card.iterations, 32, 'sha256');
  const box = bytes('key');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes('nonce'));
  decipher.setAuthTag(box.subarray(-16));
  const pkcs8 = Buffer.concat([decipher.update(box.subarray(0, -16)), decipher.final()]);
  const state = await ask(`${seedOrigin}/state`, ca);
  const { bankId, operators } = state.body as {
    bankId: string;
    operators: { operatorId: string; next?: { epoch: number; part: number } }[];
  };
  const { operatorId, next } = operators[0]!;
  if (!next) throw new Error('no seed is asked for');
  const hash = createHash('sha256')
    .update(changes.signed ?? seed)
    .digest('hex');
  const statement = JSON.stringify(['cardwright-seed/v1', bankId, operatorId, next.epoch, next.part, hash]);
  const signature = sign('sha256', Buffer.from(statement), { key: pkcs8, format: 'der', type: 'pkcs8' });
  const answer = await ask(
    `${seedOrigin}/seeds`,
    ca,
    {
      operatorId,
      ...next,
      seed: Buffer.from(seed).toString('hex'),
      officerId: card.officerId,
      signature: signature.toString('base64'),
    },
    changes.origin,
  );
  const { delivered = false, fault } = answer.body as {
    delivered?: boolean;
    fault?: { code: string; data: { reason?: string } };
  };
  return { status: answer.status, reason: fault?.data.reason ?? fault?.code ?? '', delivered };
};

const ask = (url: string, ca: string, content?: object, origin?: string) =>
  new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const body = content === undefined ? undefined : JSON.stringify(content);
    const outgoing = request(
      url,
      {
        method: body === undefined ? 'GET' : 'POST',
        ca,
        agent: false,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(origin === undefined ? {} : { origin }),
        },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (part: string) => (text += part));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode!, body: JSON.parse(text) as unknown }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
