import { reserveFreePort, type ReservedPort } from '../../electron/bank-server/http/listen.ts';

/**
 * Ports for programs that are told where to listen. Below the range from which the system hands out ports to whoever
 * connects somewhere, and below those of the training bank: nobody gets them by chance before the program listens.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const reserved: ReservedPort[] = [];
  while (reserved.length < count) {
    const port = await reserveFreePort(10_000, 15_000);
    if (!port) throw new Error('no port is free');
    reserved.push(port);
  }
  await Promise.all(reserved.map((port) => port.release()));
  return reserved.map(({ port }) => port);
};

export const freePort = async (): Promise<number> => {
  const [port = 0] = await freePorts(1);
  return port;
};
