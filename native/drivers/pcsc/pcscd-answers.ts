import { connect } from 'node:net';

/**
 * Whether pcscd answers a greeting. A call of its library to a pcscd that is stopped or hangs does not come
 * back, and some of them hold the whole process: this asks first, in a way that can be given up.
 *
 *     to pcscd    size 0C000000 | command 11000000 | major 04000000 | minor 04000000 | result 00000000
 *     from pcscd                                     major          | minor          | result
 *
 * (pcsc-lite's winscard_msg.h, CMD_VERSION, in the machine's byte order.) `undefined`: its socket is not
 * where it usually is, and only the library may know where.
 */
export const pcscdAnswers = (
  limitMs: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean | undefined> =>
  new Promise((resolve) => {
    if (process.platform !== 'linux') {
      resolve(undefined);
      return;
    }
    const named = environment.PCSCLITE_CSOCK_NAME;
    const socket = connect(named ?? usualSocket);
    const settle = (answer: boolean | undefined): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answer);
    };
    const limit = setTimeout(() => settle(false), limitMs);
    socket.on('connect', () => socket.write(greeting()));
    socket.on('data', () => settle(true));
    socket.on('end', () => settle(false));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle(named === undefined && error.code === 'ENOENT' ? undefined : false),
    );
  });

const greeting = (): Uint8Array => new Uint8Array(Uint32Array.of(12, 0x11, 4, 4, 0).buffer);

const usualSocket = '/run/pcscd/pcscd.comm';
