import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection, FramePort } from '../shared/contract/index.ts';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { startDeviceProcess } from '../../native/drivers/device-process/index.ts';
import { bankAnchor } from './audit/anchor-at-bank.ts';
import { auditAnchor } from './audit/audit-anchor.ts';
import { openAuditLog } from './audit/audit-log.ts';
import { bankKeys } from './audit/bank-keys.ts';
import { bankConnection } from './bank/bank-connection.ts';
import { openBankTrust } from './bank/bank-trust.ts';
import { replaceFile } from './bank/replace-file.ts';
import { certificateRenewal } from './bank/certificate-renewal.ts';
import { httpsBankClient } from './bank/https-bank-client.ts';
import { openStationCredentials } from './bank/station-credentials.ts';
import { batchStore } from './batches/batch-store.ts';
import { defaultBatchPolicy } from './batches/batch-breaker.ts';
import { openBatches } from './batches/batches.ts';
import { customerScreen } from './issuance/customer-screen.ts';
import { issueCard } from './issuance/issue-card.ts';
import { reservedCard } from './issuance/issued-card.ts';
import { sqliteJournal } from './journal/sqlite-journal.ts';
import { anchorFile, openStationDatabase } from './journal/station-database.ts';
import { officerReaders } from './officers/officer-readers.ts';
import { officerCardChecks } from './officers/officer-card-checks.ts';
import { officerRegister } from './officers/officer-register.ts';
import { preparedActs } from './officers/prepared-acts.ts';
import { trainingOfficers } from './officers/training-officers.ts';
import { readCardProfiles } from './readers/card-profiles.ts';
import { openReaders } from './readers/readers.ts';
import { recordReaderEvents } from './readers/reader-audit.ts';
import { traceBook } from './readers/trace-book.ts';
import type { StationDevices } from './readers/station-devices.ts';
import { cardThatIsOver } from './bank/card-that-is-over.ts';
import { checkCard } from './reprovision/check-card.ts';
import { restartChain } from './reprovision/restart-chain.ts';
import { upgradeApplet } from './reprovision/upgrade-applet.ts';
import { upgradeClient } from './reprovision/upgrade-client.ts';
import { wipeCard } from './reprovision/wipe-card.ts';
import { runAudit } from './runs/run-audit.ts';
import { holdReaders } from './runs/hold-readers.ts';
import { known, openRuns, type Runs } from './runs/runs.ts';
import { prepareCard } from './stock/prepare-card.ts';
import type { StationOptions } from './station-options.ts';
import { openSeats, type Seat } from './seats.ts';

/** The branch application without a screen. */
export interface Station {
  /** A screen at a port: the officer's, or the customer's own. One officer session for each officer's port. */
  attach(port: FramePort, seat: Seat): { detach(): void };
  /** What is under way stands in the journal; the next start finds it. */
  stop(): Promise<void>;
}

const idleMs = 15 * 60_000;
const officerCardGraceMs = 2000;
const bankCheckEveryMs = 10_000;
const anchorEveryMs = 60_000;
const cardCheckEveryMs = 60_000;
const keysEveryMs = 3_600_000;

/**
 * Puts the station together; the only place that picks implementations.
 * Faults: journal-damaged, training-data (of a production station), database-locked, storage-full, bank-untrusted (credentials missing or broken),
 * device-process-lost.
 */
export async function startStation(options: StationOptions): Promise<Result<Station>> {
  const now = options.now ?? (() => new Date());
  const onBug = options.onBug ?? writeBug;
  const credentials = openStationCredentials(options.credentialsFolder);
  if (!credentials.ok) return credentials;
  const { bankCa, stationId, stationNumber } = credentials.value;
  const profiles = readCardProfiles(options.resourcesFolder ?? defaultResources());
  if (!profiles.ok) return profiles;

  const opened = openStationDatabase(options.dataFolder);
  if (!opened.ok) return opened;
  const database = opened.value;
  const audit = openAuditLog({ database, anchor: auditAnchor(anchorFile(options.dataFolder)), now });
  const auditOfRuns = runAudit(audit);
  const onDisk = sqliteJournal(database, auditOfRuns.record);
  const journal = options.wrapJournal?.(onDisk) ?? onDisk;
  const register = officerRegister(database, now);
  const forTraining = register.isForTraining();
  if (!forTraining.ok) return close(forTraining);
  // Everybody knows those passwords.
  if (!options.training && forTraining.value)
    return close(fail('training-data', { folder: options.dataFolder }));
  if (options.training) {
    const everybody = register.all();
    if (!everybody.ok) return close(everybody);
    for (const { password, cardPin: _, ...officer } of trainingOfficers) {
      // Somebody whom a manager has ended does not come back by a restart.
      if (everybody.value.some(({ officerId }) => officerId === officer.officerId)) continue;
      const entered = await register.enter(officer, password, 'cheap');
      if (!entered.ok) return close(entered);
    }
  }

  const started = options.devices ? ok(options.devices) : await startDevices(options);
  if (!started.ok) return close(started);
  const devices: StationDevices = started.value;

  const caFile = join(options.credentialsFolder, 'bank-ca.pem');
  const trust = openBankTrust(bankCa, (pem) => {
    replaceFile(caFile, pem);
  });
  const ownClient = httpsBankClient({
    origin: options.bankOrigin,
    ...credentials.value.current(),
    bankCa,
    now,
  });
  const bank = options.bank ?? ownClient;
  const connection = bankConnection({
    bank,
    training: options.training,
    now,
    everyMs: options.bankCheckEveryMs ?? bankCheckEveryMs,
  });
  const anchoring = bankAnchor({
    database,
    bank,
    bankCas: trust.certificates,
    isConnected: () => connection.view().state === 'connected',
    everyMs: options.anchorEveryMs ?? anchorEveryMs,
    onContradiction: (record) =>
      audit.append({
        event: 'audit.contradicted',
        outcome: 'failed',
        faultCode: 'audit-chain-broken',
        data: { record },
      }),
  });
  const renewal = certificateRenewal({
    credentials: credentials.value,
    bankOrigin: options.bankOrigin,
    bankCa: trust.pem,
    bankTime() {
      const { state, clockOffsetMs } = connection.view();
      return state === 'connected' ? new Date(now().getTime() + clockOffsetMs) : undefined;
    },
    now,
    onRenewed(identity, endsAt) {
      ownClient.use(identity);
      audit.append({ event: 'station.certificate-renewed', outcome: 'ok', data: { endsAt } });
      seats.emit('connection.changed', connectionNow());
    },
    onRefused({ code }, endsAt) {
      audit.append({
        event: 'station.certificate-not-renewed',
        outcome: 'failed',
        faultCode: code,
        data: { endsAt },
      });
      seats.emit('connection.changed', connectionNow());
    },
  });
  const bankId = () => connection.status()?.bankId;
  const trace = traceBook();
  const readers = openReaders({
    devices,
    profiles: profiles.value,
    bankCas: trust.certificates,
    bankId,
    cardThatIsOver: cardThatIsOver(bank),
    trace,
  });

  const issue = issueCard({
    bank,
    readers,
    bankCaPem: trust.pem,
    attestationRoots: profiles.value.attestationRoots,
    phoneClient: options.phoneClient,
    isOfAnotherRun: (cardId, runId) => isMadeByAnother(runs, cardId, runId),
    now,
  });
  const wipe = wipeCard({ bank, readers });
  const { phoneClient } = options;
  const upgrade = upgradeClient({ bank, readers, bankCaPem: trust.pem, phoneClient, now });
  const applet = upgradeApplet({ bank, readers });
  const restart = restartChain({ bank, readers, bankCaPem: trust.pem, now });
  const prepare = prepareCard({ bank, readers });
  const check = checkCard({ bank, readers, bankCaPem: trust.pem, phoneClient, bankId, now });
  const unfinished = journal.unfinished();
  if (!unfinished.ok) return close(unfinished);
  for (const { runId } of unfinished.value) {
    const read = journal.read(runId);
    if (read.ok) auditOfRuns.recall(read.value.header, read.value.entries);
    else audit.append({ event: 'run.unreadable', outcome: 'failed', runId, faultCode: read.fault.code });
  }
  const openedRuns = openRuns({
    journal,
    workflows: [
      known(issue),
      known(wipe),
      known(upgrade),
      known(applet),
      known(restart),
      known(prepare),
      known(check),
    ],
    now,
    onBug,
  });
  if (!openedRuns.ok) return close(openedRuns);
  const runs = openedRuns.value;
  const screen = customerScreen({ runs, bankStatus: () => connection.status() });

  const begun = audit.append({
    event: 'station.started',
    outcome: 'ok',
    data: {
      version: options.version ?? '',
      training: options.training,
      unfinishedRuns: unfinished.value.length,
    },
  });
  if (!begun.ok) return close(begun);

  const openedBatches = openBatches({
    store: batchStore(database),
    audit,
    runs,
    readers,
    policy: options.batchPolicy ?? defaultBatchPolicy,
    begin(work, { reason = 'superseded', ...order }, runId) {
      switch (work) {
        case 'prepare':
          return runs.start(prepare, order, order.officerId, runId);
        case 'wipe':
          return runs.start(wipe, { ...order, reason }, order.officerId, runId);
        case 'inspect':
          return runs.start(check, order, order.officerId, runId);
      }
    },
    now,
    onBug,
  });
  if (!openedBatches.ok) return close(openedBatches);
  const batches = openedBatches.value;

  const connectionNow = (): Connection => ({
    bank: connection.view(),
    certificate: renewal.view(),
    ...(devices.condition?.() ?? { devices: 'running', pcsc: 'absent' }),
  });
  const branch = options.branch ?? { name: '培训网点', nameLatin: 'Training branch' };
  const place = { branch: branch.name, branchLatin: branch.nameLatin, training: options.training };

  const policy = options.officerCards ?? (options.training ? 'optional' : 'required');
  const seats = openSeats({
    description: {
      stationId,
      stationNumber,
      ...place,
      version: options.version ?? '0.0.0',
      host: options.host.kind,
      trainingOfficers: options.training ? [...trainingOfficers] : [],
      officerCards: policy,
    },
    rooms: {
      acts: preparedActs(now),
      applet,
      audit,
      bank,
      batches,
      bankAnchor: anchoring,
      bankKeys: bankKeys({ bank, bankCas: trust.certificates, database, audit, now }),
      bankCaPem: trust.pem,
      bankCas: trust.certificates,
      bankId,
      checks: officerCardChecks(database, bank, now),
      connection,
      connectionNow,
      devices,
      host: options.host,
      issue,
      now,
      place: { ...place, stationId },
      policy,
      stationId: stationNumber,
      phoneClient,
      readers,
      receiptFolder: options.receiptFolder,
      register,
      restart,
      runs,
      screen,
      trace,
      upgrade,
      wipe,
    },
    idleMs: options.idleMs ?? idleMs,
    officerCardGraceMs: options.officerCardGraceMs ?? officerCardGraceMs,
    onBug,
  });

  readers.onEvent(recordReaderEvents(audit));
  readers.onChange(() => {
    const views = readers.views();
    seats.emit('devices.changed', { readers: views, connection: connectionNow() });
    seats.emit('officers.readersChanged', { readers: officerReaders(views) });
    seats.lookAtCards();
  });
  holdReaders(runs, readers);
  runs.onChange((run) => seats.emit('runs.changed', runs.view(run)));
  batches.onChange((batch) => seats.emit('batches.changed', batch));
  screen.onChange((prompt) => seats.emit('customer.promptChanged', prompt));
  let bankState = '';
  connection.onChange((view) => {
    seats.emit('connection.changed', connectionNow());
    const caSha256 = connection.status()?.caSha256;
    const isKnown = caSha256 === undefined || trust.knows(caSha256);
    if (view.state === 'connected' && !isKnown) keepKeys();
    if (view.state === bankState) return;
    bankState = view.state;
    audit.append({
      event: 'bank.changed',
      outcome: view.state === 'connected' ? 'ok' : 'failed',
      faultCode: view.fault?.code,
      data: { state: view.state, clockOffsetMs: view.clockOffsetMs },
    });
    if (view.state !== 'connected') return;
    // Which part of an SD card is this bank's, and the key to seal secrets to, are known from now on.
    readers.lookAtMediaAgain();
    screen.show();
    keepKeys();
  });
  const keeping = setInterval(keepKeys, options.keysEveryMs ?? keysEveryMs);
  keeping.unref();
  const asking = setInterval(() => {
    seats.askAboutCards().catch((error: unknown) => {
      onBug('askAboutCards', error);
    });
  }, options.cardCheckEveryMs ?? cardCheckEveryMs);
  asking.unref();
  void connection.check();

  return ok({
    attach: seats.attach,
    async stop() {
      batches.close();
      seats.detachAll();
      connection.stop();
      clearInterval(keeping);
      clearInterval(asking);
      anchoring.stop();
      await readers.stop();
      audit.append({ event: 'station.stopped', outcome: 'ok' });
      await devices.stop();
      bank.close();
      ownClient.close();
      audit.close();
      database.close();
    },
  });

  /**
   * A new key of the bank's CA is known here before it signs the first card, and the station's own certificate is
   * renewed before it ends.
   */
  async function keepKeysFresh(): Promise<void> {
    if (connection.view().state !== 'connected') return;
    const offered = await bank.readCaCertificates();
    if (offered.ok && trust.learn(offered.value, now())) {
      ownClient.use({ bankCa: trust.pem() });
      audit.append({ event: 'bank.key-learned', outcome: 'ok', data: { keys: trust.certificates().length } });
    }
    await renewal.renewWhenDue();
  }

  function keepKeys(): void {
    keepKeysFresh().catch((error: unknown) => {
      onBug('keepKeysFresh', error);
    });
  }

  function close<T>(failed: Result<T>): Result<never> {
    audit.close();
    database.close();
    return failed.ok ? fail('internal-error') : failed;
  }
}

function startDevices(options: StationOptions): Promise<Result<StationDevices>> {
  const real = options.realDevices ?? true;
  return startDeviceProcess({
    ...(options.training && { virtual: { folder: join(options.dataFolder, 'training-drawer') } }),
    pcsc: real,
    pcscBinding: options.pcscBinding,
    media: real,
    ...(options.deviceProgram && { programUrl: options.deviceProgram }),
  });
}

const isMadeByAnother = (runs: Runs, cardId: string, runId: string): boolean =>
  runs
    .live()
    .some(
      (run) =>
        run.runId !== runId &&
        reservedCard.safeParse(run.records().steps.get('reserve-card')).data?.cardId === cardId,
    );

const defaultResources = (): string => fileURLToPath(new URL('../../resources', import.meta.url));

function writeBug(where: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : 'not an Error';
  process.stderr.write(`defect in ${where}: ${text}\n`);
}
