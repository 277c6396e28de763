import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { OpenPurpose } from '../media-driver.ts';
import type { BlockDevice } from './block-tree.ts';
import { identityOf } from './identity-of.ts';
import type { Remounted } from './mounted-volume.ts';
import {
  encodeFrame,
  frameReader,
  type WriterAnswer,
  type WriterHello,
  type WriterRequest,
} from './writer-frames.ts';

/** The program that mounts cards for who may not: see `native/media-writer`. */
export interface PrivilegedWriter {
  /** Where it mounted it. Faults: medium-unsupported {reason}, medium-swapped, medium-system-disk, medium-unknown. */
  mount(disk: BlockDevice, volume: BlockDevice, purpose: OpenPurpose): Promise<Result<string>>;
  unmount(volume: BlockDevice, next: 'cold-read' | 'release'): Promise<Result<Remounted>>;
  stop(): void;
}

/** As the installer puts it there, with the rule that lets the person at this machine start it. */
const installed = '/usr/lib/cardwright/media-writer';

/** Undefined where it is not installed. It is started when it is first needed: pkexec may ask for a password. */
export const installedWriter = (): PrivilegedWriter | undefined =>
  existsSync(installed) ? privilegedWriter(() => spawn('pkexec', [installed], { stdio: pipes })) : undefined;

export const pipes: ['pipe', 'pipe', 'ignore'] = ['pipe', 'pipe', 'ignore'];

/** Long enough for a password to be typed. */
const startMs = 60_000;
const answerMs = 30_000;

export function privilegedWriter(start: () => ChildProcess): PrivilegedWriter {
  let conversation: Promise<Conversation | undefined> | undefined;
  // One request after another, as the writer wants them.
  let queue: Promise<unknown> = Promise.resolve();

  const ask = (order: Omit<WriterRequest, 'nonce' | 'number'>): Promise<Result<WriterAnswer>> => {
    const answer = queue.then(async () => {
      let talk = await (conversation ??= converse(start));
      if (talk?.isOver() === true) talk = await (conversation = converse(start));
      const said = await talk?.ask(order);
      if (said) return ok(said);
      conversation = undefined;
      return fail('medium-unsupported', { reason: 'media-writer' });
    });
    queue = answer;
    return answer;
  };

  return {
    async mount(disk, volume, purpose) {
      const answer = await ask({
        job: purpose === 'look' ? 'mount-to-look' : 'mount-to-write',
        disk: disk.name,
        volume: volume.name,
        identity: identityOf(disk).text,
      });
      if (!answer.ok) return answer;
      return answer.value.done ? ok(answer.value.folder) : faultOf(disk.name, answer.value.refusal);
    },
    async unmount(volume, next) {
      const answer = await ask({
        job: next === 'cold-read' ? 'unmount-and-drop-caches' : 'unmount',
        disk: volume.name.replace(/(?<=sd[a-z]+)\d+$|p\d+$/, ''),
        volume: volume.name,
        identity: '',
      });
      if (!answer.ok) return answer;
      return answer.value.done
        ? ok({ deviceCacheDropped: answer.value.cachesDropped })
        : faultOf(volume.name, answer.value.refusal);
    },
    stop() {
      void conversation?.then((talk) => talk?.end());
    },
  };
}

function faultOf(slot: string, refusal: string): Result<never> {
  switch (refusal) {
    case 'another-medium':
      return fail('medium-swapped', { slot });
    case 'refused-by-rule':
      return fail('medium-system-disk', { slot, reasons: 'media-writer' });
    case 'no-such-slot':
      return fail('medium-unknown', { slot });
    default:
      return fail('medium-unsupported', { slot, reason: `media-writer: ${refusal}` });
  }
}

interface Conversation {
  ask(order: Omit<WriterRequest, 'nonce' | 'number'>): Promise<WriterAnswer | undefined>;
  isOver(): boolean;
  end(): void;
}

/** Undefined: it was not allowed, or is no writer. */
function converse(start: () => ChildProcess): Promise<Conversation | undefined> {
  const child = start();
  let over = false;
  let number = 0;
  let hear: (body: string | undefined) => void = () => undefined;
  const next = (limitMs: number): Promise<unknown> =>
    new Promise((resolve) => {
      const limit = setTimeout(() => resolve(undefined), limitMs);
      hear = (body) => {
        clearTimeout(limit);
        resolve(body === undefined ? undefined : parse(body));
      };
      if (over) hear(undefined);
    });
  const finish = () => {
    over = true;
    hear(undefined);
  };
  const read = frameReader((body) => hear(body));
  child.stdout?.on('data', (chunk: Buffer) => {
    if (!read(chunk)) child.kill();
  });
  child.on('exit', finish);
  child.on('error', finish);
  child.stdin?.on('error', () => undefined); // its end is heard of by 'exit'

  return next(startMs).then((hello) => {
    if (!isHello(hello)) {
      child.kill();
      return undefined;
    }
    return {
      isOver: () => over,
      async ask(order) {
        number += 1;
        const answer = next(answerMs);
        child.stdin?.write(encodeFrame({ ...order, nonce: hello.nonce, number }));
        const said = await answer;
        return isAnswer(said) && said.number === number ? said : undefined;
      },
      end: () => child.stdin?.end(),
    };
  });
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};
const isHello = (value: unknown): value is WriterHello =>
  typeof value === 'object' && value !== null && 'nonce' in value && typeof value.nonce === 'string';
/** Of the same version of this program: its outside is enough. */
const isAnswer = (value: unknown): value is WriterAnswer =>
  typeof value === 'object' && value !== null && 'number' in value && 'done' in value;
