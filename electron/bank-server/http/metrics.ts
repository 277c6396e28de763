/** What the bank counts about itself, for Prometheus. Counters start at zero with the process; it knows that. */
export interface Metrics {
  /** One answered request. `route` is the template: ids are data and would be a series each. */
  request(server: string, method: string, route: string, status: number, seconds: number): void;
  /** A transaction that ran again. */
  retry(): void;
  /** A connection to the database that broke. */
  connectionLost(): void;
  /** A request turned away because its caller asked too often. */
  limited(server: string): void;
  /** A notification that went to its destination, or did not this time. */
  notification(delivered: boolean): void;
  /** Notifications that wait, all processes together. */
  notificationsWaiting(count: number): void;
  /** Rows deleted because their time was over. */
  swept(table: string, rows: number): void;
  /** Text exposition format 0.0.4. */
  exposition(): string;
}

const bounds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

interface Series {
  count: number;
  sum: number;
  readonly buckets: number[];
}

export const openMetrics = (): Metrics => {
  const requests = new Map<string, Series>();
  let retries = 0;
  let lost = 0;
  let waiting = 0;
  const limited = new Map<string, number>();
  const notifications = new Map<string, number>();
  const swept = new Map<string, number>();
  return {
    request(server, method, route, status, seconds) {
      const labels = `server="${server}",method="${method}",route="${escape(route)}",status="${status}"`;
      const series = requests.get(labels) ?? { count: 0, sum: 0, buckets: bounds.map(() => 0) };
      requests.set(labels, series);
      series.count += 1;
      series.sum += seconds;
      bounds.forEach((bound, at) => {
        if (seconds <= bound) series.buckets[at] = (series.buckets[at] ?? 0) + 1;
      });
    },
    retry() {
      retries += 1;
    },
    connectionLost() {
      lost += 1;
    },
    limited(server) {
      add(limited, `server="${server}"`, 1);
    },
    notification(delivered) {
      add(notifications, `outcome="${delivered ? 'delivered' : 'refused'}"`, 1);
    },
    notificationsWaiting(count) {
      waiting = count;
    },
    swept(table, rows) {
      add(swept, `table="${table}"`, rows);
    },
    exposition() {
      const lines = [
        '# HELP cardwright_request_seconds Time until a request was answered.',
        '# TYPE cardwright_request_seconds histogram',
      ];
      for (const [labels, { count, sum, buckets }] of requests) {
        bounds.forEach((bound, at) =>
          lines.push(`cardwright_request_seconds_bucket{${labels},le="${bound}"} ${buckets[at] ?? 0}`),
        );
        lines.push(
          `cardwright_request_seconds_bucket{${labels},le="+Inf"} ${count}`,
          `cardwright_request_seconds_sum{${labels}} ${sum.toFixed(6)}`,
          `cardwright_request_seconds_count{${labels}} ${count}`,
        );
      }
      lines.push(
        ...single('cardwright_transaction_retries_total', 'counter', 'Transactions that ran again.', retries),
        ...single('cardwright_database_connections_lost_total', 'counter', 'Connections that broke.', lost),
        ...labelled(
          'cardwright_requests_limited_total',
          'Requests of callers that asked too often.',
          limited,
        ),
        ...labelled(
          'cardwright_notifications_total',
          'Notifications brought to their destination.',
          notifications,
        ),
        ...single('cardwright_notifications_waiting', 'gauge', 'Notifications not delivered yet.', waiting),
        ...labelled('cardwright_swept_rows_total', 'Rows deleted because their time was over.', swept),
        ...single(
          'process_resident_memory_bytes',
          'gauge',
          'Memory of this process.',
          process.memoryUsage.rss(),
        ),
      );
      return `${lines.join('\n')}\n`;
    },
  };
};

const single = (name: string, type: string, help: string, value: number): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  `${name} ${value}`,
];

const labelled = (name: string, help: string, counts: ReadonlyMap<string, number>): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} counter`,
  ...[...counts].map(([labels, count]) => `${name}{${labels}} ${count}`),
];

const add = (counts: Map<string, number>, labels: string, count: number): void => {
  counts.set(labels, (counts.get(labels) ?? 0) + count);
};

const escape = (text: string): string => text.replace(/[\\"\n]/g, '_');
