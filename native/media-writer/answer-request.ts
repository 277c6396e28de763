import { timingSafeEqual } from 'node:crypto';
import type { WriterAnswer, WriterRefusal, WriterRequest } from '../drivers/media/writer-frames.ts';
import type { CardMounts } from './card-mounts.ts';

export interface Conversation {
  readonly nonce: string;
  /** Number that the next request must have. */
  readonly expected: number;
  readonly mounts: CardMounts;
}

/** One request's answer, and the number that must come next. A request that is not ours is answered and not counted. */
export async function answerRequest(
  body: string,
  { nonce, expected, mounts }: Conversation,
): Promise<{ readonly answer: WriterAnswer; readonly next: number }> {
  const refuse = (refusal: WriterRefusal) => ({
    answer: { number: expected, done: false, refusal } as const,
    next: expected,
  });
  const request = parseRequest(body);
  if (!request) return refuse('not-understood');
  if (!sameText(request.nonce, nonce)) return refuse('wrong-nonce');
  if (request.number !== expected) return refuse('wrong-number');
  const done = await mounts.perform(request);
  const answer: WriterAnswer =
    typeof done === 'string'
      ? { number: expected, done: false, refusal: done }
      : { number: expected, done: true, ...done };
  return { answer, next: expected + 1 };
}

const jobs: readonly string[] = ['mount-to-write', 'mount-to-look', 'unmount', 'unmount-and-drop-caches'];
const fields = 'disk,identity,job,nonce,number,volume';
/** As the kernel names card slots; no name with a slash, a dot or a dash can be asked for. */
const diskName = /^(sd[a-z]{1,3}|mmcblk\d{1,3})$/;
const volumeName = /^(sd[a-z]{1,3}\d{0,3}|mmcblk\d{1,3}(p\d{1,3})?)$/;

function parseRequest(body: string): WriterRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).toSorted().join() !== fields)
    return undefined;
  const { nonce, number, job, disk, volume, identity } = value as Readonly<Record<string, unknown>>;
  if (typeof nonce !== 'string' || typeof number !== 'number' || typeof identity !== 'string')
    return undefined;
  if (typeof job !== 'string' || !jobs.includes(job)) return undefined;
  if (typeof disk !== 'string' || !diskName.test(disk)) return undefined;
  if (typeof volume !== 'string' || !volumeName.test(volume)) return undefined;
  return { nonce, number, job: job as WriterRequest['job'], disk, volume, identity };
}

const sameText = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
