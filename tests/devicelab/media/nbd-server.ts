import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import type { BlockContent } from './lying-media.ts';

/*
 * A network block device for one client at a time: the medium behind a reader, in this process.
 * https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md, fixed newstyle, simple replies.
 *
 *   server: NBDMAGIC IHAVEOPT flags(2)          client: flags(4)
 *   client: IHAVEOPT option(4) length(4) data   server: reply magic(8) option(4) kind(4) length(4) data
 *   client: magic(4) flags(2) type(2) cookie(8) offset(8) length(4) [data]
 *   server: magic(4) error(4) cookie(8) [data]
 */
const initMagic = Buffer.from('NBDMAGICIHAVEOPT', 'latin1');
const optionReplyMagic = Buffer.from('0003e889045565a9', 'hex');
const requestMagic = 0x25609513;
const replyMagic = 0x67446698;

const optExportName = 1;
const optAbort = 2;
const optInfo = 6;
const optGo = 7;
const repAck = 1;
const repInfo = 3;
const repErrUnsupported = 0x80000001;
/** HAS_FLAGS, SEND_FLUSH */
const transmissionFlags = 0b101;

const cmdRead = 0;
const cmdWrite = 1;
const cmdDisconnect = 2;
const cmdFlush = 3;
const einval = 22;

/** Serves one medium on a unix socket until stopped. */
export async function serveNbd(path: string, medium: BlockContent): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // A defect here must not look like a bad medium that was found out.
    serve(socket, medium).catch((error: unknown) => {
      socket.destroy();
      if (!(error instanceof Gone)) throw error;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(path, { force: true });
    },
  };
}

class Gone extends Error {}

async function serve(socket: Socket, medium: BlockContent): Promise<void> {
  const take = taker(socket);
  socket.write(Buffer.concat([initMagic, u16(0b11)])); // FIXED_NEWSTYLE, NO_ZEROES
  const clientFlags = (await take(4)).readUInt32BE();
  for (;;) {
    const head = await take(16);
    const option = head.readUInt32BE(8);
    await take(head.readUInt32BE(12));
    if (option === optAbort) return void socket.end();
    if (option === optExportName) {
      const padding = (clientFlags & 0b10) === 0 ? Buffer.alloc(124) : Buffer.alloc(0);
      socket.write(Buffer.concat([u64(medium.sizeBytes), u16(transmissionFlags), padding]));
      break;
    }
    if (option !== optInfo && option !== optGo) {
      socket.write(optionReply(option, repErrUnsupported));
      continue;
    }
    socket.write(
      Buffer.concat([
        optionReply(option, repInfo, Buffer.concat([u16(0), u64(medium.sizeBytes), u16(transmissionFlags)])),
        optionReply(option, repAck),
      ]),
    );
    if (option === optGo) break;
  }
  for (;;) {
    const head = await take(28);
    if (head.readUInt32BE() !== requestMagic) throw new Error('an NBD request without its magic');
    const command = head.readUInt16BE(6);
    const cookie = head.subarray(8, 16);
    const offset = Number(head.readBigUInt64BE(16));
    const length = head.readUInt32BE(24);
    const reply = (error: number, data: Uint8Array = Buffer.alloc(0)) =>
      socket.write(Buffer.concat([u32(replyMagic), u32(error), cookie, data]));
    if (command === cmdRead) reply(0, medium.read(offset, length));
    else if (command === cmdWrite) {
      medium.write(offset, await take(length));
      reply(0);
    } else if (command === cmdFlush) reply(0);
    else if (command === cmdDisconnect) return void socket.end();
    else reply(einval);
  }
}

/** Exactly so many bytes, when they have come. */
function taker(socket: Socket): (length: number) => Promise<Buffer> {
  let chunks: Buffer[] = [];
  let have = 0;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    have += chunk.length;
    wake();
  });
  socket.on('close', () => wake());
  return async (length) => {
    while (have < length) {
      if (socket.destroyed || socket.readableEnded) throw new Gone();
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const all = Buffer.concat(chunks);
    chunks = [all.subarray(length)];
    have -= length;
    return all.subarray(0, length);
  };
}

function optionReply(option: number, kind: number, data: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([optionReplyMagic, u32(option), u32(kind), u32(data.length), data]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
