import cluster from 'node:cluster';
import { bankLog } from './log.ts';
import { runCommand } from './standalone/run-command.ts';
import { serveBank } from './standalone/serve-bank.ts';
import { serveTogether, type ServingReport } from './standalone/serve-together.ts';
import { setUpBank } from './standalone/set-up-bank.ts';
import { readStandaloneOptions, type StandaloneOptions } from './standalone/standalone-options.ts';
import { storeFault } from './store/store-fault.ts';
import type { Logger } from 'pino';
import type { Fault } from '../shared/result/index.ts';
import { faultText } from '../shared/text/index.ts';

/*
 * The bank as a bank would run it; resources/docs/bank-server.md says how.
 *
 *   standalone.ts set-up --database postgres://… --data … --bank-id … --portal-origin https://…
 *   standalone.ts serve  --database postgres://… --data … --api 0.0.0.0:8443 --processes cores …
 *   standalone.ts admit-station|list-enrolments|approve-enrolment|refuse-enrolment|reopen-officer-set-up …
 *   standalone.ts admit-first-manager|readmit-manager|list-manager-admissions …
 *   standalone.ts admit-operator|admit-officer …
 *   standalone.ts make-key-component|enter-key-component|adopt-master-key|activate-master-key|list-master-keys …
 *   standalone.ts announce-ca-key|switch-ca-key|list-ca-keys|audit-keys …
 *
 * Exit codes: 0 done or stopped, 1 refused (one line of JSON on stdout says why), 2 the options are wrong.
 */

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const refused = (fault: Fault): void => {
  say({ kind: 'failed', fault });
  if (process.stdin.isTTY) sayInWords(fault);
  process.exitCode = 1;
};

/** For the person at the terminal, in the words of every screen. */
const sayInWords = (fault: Fault): void => {
  for (const locale of ['zh-CN', 'en'] as const) {
    const { happened, means, todo } = faultText(locale, fault);
    process.stderr.write(`${[happened, means, todo].join(locale === 'en' ? ' ' : '')}\n`);
  }
};

const run = async (): Promise<void> => {
  const read = readStandaloneOptions(process.argv.slice(2));
  if (!read.ok) {
    for (const error of read.errors) process.stderr.write(`${error}\n`);
    process.exitCode = 2;
    return;
  }
  const { options } = read;
  const log = bankLog(options.logLevel);
  if (options.command === 'set-up') {
    const done = await setUpBank(options, log);
    if (done.ok) say({ kind: 'set-up', bankId: options.bankId });
    else refused(done.fault);
    return;
  }
  if (options.command !== 'serve') {
    const answered = await runCommand(options, log);
    if (answered.ok) say(answered.value);
    else refused(answered.fault);
    return;
  }
  if (cluster.isWorker) return serveForAnother(options, log);
  const serving = options.processes > 1 ? await serveTogether(options, log) : await serveBank(options, log);
  if (!serving.ok) {
    refused(serving.fault);
    return;
  }
  const { stop, bankId, ports } = serving.value;
  leaveWhenTold(stop);
  if (serving.value.renew !== undefined) renewWhenTold(serving.value.renew);
  const where = Object.entries(ports).map(([server, port]) => [`${server}Port`, port]);
  say({ kind: 'ready', bankId, ...(Object.fromEntries(where) as object) });
};

/** One of several: the process that started it speaks for all of them, and asks it at an address of its own. */
const serveForAnother = async (options: StandaloneOptions, log: Logger): Promise<void> => {
  const report = (said: ServingReport): void => void process.send?.(said);
  const serving = await serveBank({ ...options, operations: { host: '127.0.0.1', port: 0 } }, log);
  if (!serving.ok) {
    report({ kind: 'failed', fault: serving.fault });
    process.disconnect();
    return;
  }
  const { stop, bankId, ports } = serving.value;
  leaveWhenTold(stop);
  report({ kind: 'ready', bankId, ports });
};

/** Before anybody is told that it is open: whoever hears of it may stop it at once. */
const leaveWhenTold = (stop: () => Promise<void>): void => {
  const leave = (): void => {
    // What cannot finish in time is a request that its station will ask again.
    setTimeout(() => process.exit(1), 20_000).unref();
    void stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
};

const renewWhenTold = (renew: () => Promise<void>): void => {
  let renewing = Promise.resolve();
  process.on('SIGHUP', () => {
    renewing = renewing.then(renew);
  });
};

run().catch((error: unknown) => {
  const fault = storeFault(error)?.fault ?? { code: 'bank-internal-error' as const, data: {} };
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.name).split('\n').slice(1).join('\n') : ''}\n`,
  );
  refused(fault);
  process.exit(1);
});
