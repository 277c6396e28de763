import { randomBytes } from 'node:crypto';
import { encodeFrame, frameReader } from '../drivers/media/writer-frames.ts';
import { cardMounts } from './card-mounts.ts';
import { answerRequest } from './answer-request.ts';

/*
 * The one program of the station that runs as root, started by pkexec for the person at the counter, and only
 * where that person may not mount a card (no udisks2). It mounts and unmounts cards, at folders of its own
 * choice, and refuses everything else. It ends with its pipe, and takes down what it put up.
 */

/** Set by pkexec(1): whose files on the card they are to be. */
const userId = Number(process.env.PKEXEC_UID ?? '');
if (process.getuid?.() !== 0 || !Number.isInteger(userId) || userId <= 0) {
  process.stderr.write('media-writer is started by pkexec\n');
  process.exit(1);
}
process.env.PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
process.env.LC_ALL = 'C';
process.umask(0o022);

const nonce = randomBytes(16).toString('hex');
const mounts = cardMounts(userId);
let expected = 1;
// One after another: a card is in one state at a time.
let queue: Promise<void> = Promise.resolve();

const read = frameReader((body) => {
  queue = queue.then(async () => {
    const { answer, next } = await answerRequest(body, { nonce, expected, mounts });
    expected = next;
    process.stdout.write(encodeFrame(answer));
  });
});

const end = (): void => {
  void queue.then(() => mounts.unmountAll()).then(() => process.exit(0));
};
process.stdin.on('data', (chunk: Buffer) => {
  if (read(chunk)) return;
  process.stdin.destroy(); // no frame: whoever speaks here is not the driver
  end();
});
process.stdin.on('end', end);
process.stdin.on('error', end);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);

process.stdout.write(encodeFrame({ nonce }));
