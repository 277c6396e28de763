import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Address } from './standalone-options.ts';

export interface CommonOperations {
  readonly port: number;
  /** From now on it is not ready. */
  drain(): void;
  close(): Promise<void>;
}

/** Longer than a process under load needs; one that hangs does not keep the others' answers. */
const PATIENCE_MS = 3_000;

/**
 * Health and metrics of several processes at one address: ready while one of them is, and the metrics of all, each with
 * its own label. Undefined where the address is taken.
 *
 * @param ports where each process has its own, on this machine
 */
export const openCommonOperations = async (
  { host, port }: Address,
  ports: () => readonly number[],
): Promise<CommonOperations | undefined> => {
  let draining = false;
  const ask = async (path: string): Promise<readonly { port: number; status: number; text: string }[]> => {
    const asked = ports().map(async (each) => {
      const answer = await fetch(`http://127.0.0.1:${each}${path}`, {
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { port: each, status: answer.status, text: await answer.text() };
    });
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  };
  const answer = async (path: string | undefined): Promise<[status: number, text: string, type?: string]> => {
    if (path === '/healthz') return [200, 'ok\n'];
    if (path === '/metrics') {
      const all = await ask(path);
      return [200, mergeMetrics(all.map(({ text }) => text)), 'text/plain; version=0.0.4; charset=utf-8'];
    }
    if (path !== '/readyz') return [404, 'healthz, readyz or metrics\n'];
    const isReady = !draining && (await ask(path)).some(({ status }) => status === 200);
    return isReady ? [200, 'ready\n'] : [503, 'not ready\n'];
  };
  const server = createServer((request, response) => {
    const path = request.method === 'GET' ? request.url : undefined;
    void answer(path).then(([status, text, type = 'text/plain; charset=utf-8']) => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
    });
  });
  const listening = once(server.listen({ host, port }), 'listening').catch(() => undefined);
  if ((await listening) === undefined) return undefined;
  return {
    port: (server.address() as AddressInfo).port,
    drain() {
      draining = true;
    },
    async close() {
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
    },
  };
};

/**
 * Text exposition format 0.0.4 of several processes as one: what belongs to a metric stands together, each series with
 * the number of its process.
 */
export const mergeMetrics = (expositions: readonly string[]): string => {
  const metrics = new Map<string, { readonly about: Set<string>; readonly series: string[] }>();
  for (const [at, exposition] of expositions.entries()) {
    let current = { about: new Set<string>(), series: [] as string[] };
    for (const line of exposition.split('\n').filter((each) => each !== '')) {
      const [, name] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name === undefined) {
        current.series.push(labelled(line, at + 1));
        continue;
      }
      current = metrics.get(name) ?? { about: new Set(), series: [] };
      metrics.set(name, current);
      current.about.add(line);
    }
  }
  const lines = [...metrics.values()].flatMap(({ about, series }) => [...about, ...series]);
  return `${lines.join('\n')}\n`;
};

const labelled = (line: string, process: number): string =>
  line.replace(/^(\w+)(?:\{([^}]*)\})? /, (_all, name: string, labels?: string) =>
    [name, '{process="', String(process), '"', labels ? `,${labels}` : '', '} '].join(''),
  );
