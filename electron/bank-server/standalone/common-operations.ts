import type { OperationsSource } from './operations-server.ts';

/** Longer than a process under load needs; one that hangs does not keep the others' answers. */
const PATIENCE_MS = 3_000;

/**
 * Several processes as one: ready while one of them is, and the metrics of all, each with its own label.
 *
 * @param ports where each process has its own operations server, on this machine
 */
export const commonOperations = (ports: () => readonly number[]): OperationsSource => {
  const ask = async (path: string): Promise<readonly { status: number; text: string }[]> => {
    const asked = ports().map(async (port) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: answer.status, text: await answer.text() };
    });
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  };
  return {
    isReady: async () => (await ask('/readyz')).some(({ status }) => status === 200),
    metrics: async () => mergeMetrics((await ask('/metrics')).map(({ text }) => text)),
  };
};

/**
 * Text exposition format 0.0.4 of several processes as one: what belongs to a metric stands together, each series with
 * the number of its process.
 */
const mergeMetrics = (expositions: readonly string[]): string => {
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
