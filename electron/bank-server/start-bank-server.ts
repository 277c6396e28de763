import { existsSync, mkdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { beginKeyRecord } from './audit/key-record.ts';
import { appletCatalogue } from './applets/applet-catalogue.ts';
import { openAuthority, type Authority } from './authority/authority.ts';
import { openPublicationServer } from './authority/open-publication-server.ts';
import { openEnvelopes } from './authentication/envelopes.ts';
import { secretHashes } from './authentication/secret-hashes.ts';
import type { Bank, BankIdentity, Clock, PhoneLogin } from './bank.ts';
import { readCertificateProfiles } from './ca/certificate-profile.ts';
import { openKeyFiles } from './ca/key-files.ts';
import { issuingKeysInFiles } from './ca/issuing-key-store.ts';
import { signerOf } from './ca/signer.ts';
import { ownCoreBanking } from './core-banking/own-core-banking.ts';
import { followIssuingKeys } from './http/follow-issuing-keys.ts';
import { requestLimits, type RequestLimits } from './http/limit-requests.ts';
import { LOOPBACK, reservePort, type ReservedPort, type ServerName } from './http/listen.ts';
import { openApiServer } from './http/open-api-server.ts';
import { openMetrics } from './http/metrics.ts';
import { keepHouse } from './keep-house.ts';
import { cardSecrets } from './key-service/card-secrets.ts';
import { readDerivationRules } from './key-service/derivation-rules.ts';
import { masterKeysInFiles } from './key-service/master-key-store.ts';
import { openMasterKeys } from './key-service/master-keys.ts';
import { bankLog, type LogLevel } from './log.ts';
import { bringAccountsIntoLedger, hasBooks, openBooks } from './open-books.ts';
import { equipStation, serverTls, trustedPem } from './own-certificates.ts';
import { openOperatorOffice } from './operator/open-operator-office.ts';
import { openOnlineServer } from './online/open-online-server.ts';
import { openPortalServer } from './portal/open-portal-server.ts';
import { resourcesFolder } from './resources-folder.ts';
import { writeSetUpIdentity } from './set-up-identity.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';
import { storeFault } from './store/store-fault.ts';
import type { Store } from './store/store.ts';
import { admitTrainingCustomers, prepareTrainingCustomers } from './training/admit-training-customers.ts';

export interface BankServerOptions {
  /** The bank's own folder: database, keys. Made at the first start. */
  readonly dataFolder: string;
  /** Where the station's identity goes: `station.key.pem`, `station.cert.pem`, `bank-ca.pem`. */
  readonly stationFolder: string;
  /** Where a training operator finds what it was told at the agreement; absent: this bank has no operator. */
  readonly operatorFolder?: string | undefined;
  /** Default: one-time passwords. */
  readonly phoneLogin?: PhoneLogin | undefined;
  /** The embedded bank exists for training only. */
  readonly training: true;
  /** 0 or absent: the port of the last start, or a free one the first time. */
  readonly apiPort?: number | undefined;
  readonly portalPort?: number | undefined;
  /** `resources/` of this program, for the certificate profiles. */
  readonly resourcesFolder?: string | undefined;
  readonly limits?: RequestLimits | undefined;
  readonly logLevel?: LogLevel | undefined;
  readonly clock?: Clock | undefined;
}

export interface BankServer {
  readonly bankId: string;
  /** `https://127.0.0.1:port`; TLS 1.3 with the station's certificate. */
  readonly apiOrigin: string;
  /** What phone clients open; part of every issued card, so the same at every start. */
  readonly portalOrigin: string;
  /** For customers with a card in their own reader (S2, S4). */
  readonly onlineOrigin: string;
  /** Where employees enter seeds for the operator (S3). */
  readonly seedOrigin: string | undefined;
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

const trainingBank: BankIdentity = {
  bankId: 'qingyu-training',
  bankName: '青屿银行',
  bankNameLatin: 'Qingyu Bank (Training)',
};

/** Opens the bank in this process. The first start makes keys, CA, certificates and training customers. */
export const startBankServer = async (options: BankServerOptions): Promise<Result<BankServer>> => {
  const clock = options.clock ?? (() => new Date());
  const log = bankLog(options.logLevel ?? 'info');
  const profiles = readCertificateProfiles(
    join(resourcesFolder(options.resourcesFolder), 'certificate-profiles'),
  );
  if (!profiles.ok) return profiles;
  try {
    mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
    mkdirSync(options.stationFolder, { recursive: true, mode: 0o700 });
  } catch {
    return fail('bank-setup-invalid', { file: options.dataFolder });
  }
  const databaseFile = join(options.dataFolder, 'bank.sqlite');
  const hasDatabase = existsSync(databaseFile) && statSync(databaseFile).size > 0;
  // Keys are made after the database: alone they are what is left of a bank, not a bank that is new.
  if (!hasDatabase && existsSync(join(options.dataFolder, 'keys')))
    return fail('database-damaged', { where: 'bank', reason: 'missing' });
  const opened = await openSqliteStore(databaseFile, clock());
  if (!opened.ok) return opened;
  const store = opened.value;
  try {
    const started = await openHouse(options, store, profiles.value, clock, log);
    if (!started.ok) await store.close();
    return started;
  } catch (error) {
    await store.close();
    const fault = storeFault(error);
    if (fault) return fault;
    throw error;
  }
};

type Ports = Readonly<Record<ServerName, ReservedPort>>;

const openHouse = async (
  options: BankServerOptions,
  store: Store,
  profiles: Authority['profiles'],
  clock: Clock,
  log: Logger,
): Promise<Result<BankServer>> => {
  const held: ReservedPort[] = [];
  const portOf = async (server: ServerName, asked?: number): Promise<Result<ReservedPort>> => {
    const reserved = await portFor(store, server, asked);
    if (reserved.ok) held.push(reserved.value);
    return reserved;
  };
  try {
    const api = await portOf('api', options.apiPort);
    if (!api.ok) return api;
    const portal = await portOf('portal', options.portalPort);
    if (!portal.ok) return portal;
    const online = await portOf('online');
    if (!online.ok) return online;
    const publication = await portOf('publication');
    if (!publication.ok) return publication;
    return await openHouseAt(
      { api: api.value, portal: portal.value, online: online.value, publication: publication.value },
      options,
      store,
      profiles,
      clock,
      log,
    );
  } finally {
    await Promise.all(held.map((each) => each.release()));
  }
};

const openHouseAt = async (
  ports: Ports,
  options: BankServerOptions,
  store: Store,
  profiles: Authority['profiles'],
  clock: Clock,
  log: Logger,
): Promise<Result<BankServer>> => {
  const mayCreate = (await readSetting(store.db, 'set-up')) === undefined;
  const publicationOrigin = `http://${LOOPBACK}:${ports.publication.port}`;
  const portalOrigin = `https://${LOOPBACK}:${ports.portal.port}`;
  const onlineOrigin = `https://${LOOPBACK}:${ports.online.port}`;

  const keyFolder = join(options.dataFolder, 'keys');
  const keyFiles = openKeyFiles(keyFolder, mayCreate);
  if (!keyFiles.ok) return keyFiles;
  // A bank that was set up before it kept books gets their keys now.
  const bookKeys = openKeyFiles(keyFolder, !(await hasBooks(store)));
  if (!bookKeys.ok) return bookKeys;
  const books = openBooks(store, trainingBank, bookKeys.value, clock);
  if (!books.ok) return books;
  const envelopeKey = keyFiles.value.privateKey('envelope');
  if (!envelopeKey.ok) return envelopeKey;
  const pepper = keyFiles.value.secret('pepper');
  if (!pepper.ok) return pepper;
  const masterStore = masterKeysInFiles(keyFiles.value);
  const masterKeys = await openMasterKeys(
    store.db,
    {
      files: keyFiles.value,
      store: masterStore,
      storeAt: (place) => (place === 'file' ? masterStore : undefined),
    },
    clock,
    mayCreate,
  );
  if (!masterKeys.ok) return masterKeys;
  const derivation = readDerivationRules(resourcesFolder(options.resourcesFolder));
  if (!derivation.ok) return derivation;
  const signingKey = keyFiles.value.privateKey('bank-signing');
  if (!signingKey.ok) return signingKey;
  const authority = await openAuthority({
    store,
    keys: {
      issuing: issuingKeysInFiles(keyFiles.value),
      algorithm: 'p-256',
      signing: signerOf(signingKey.value),
    },
    profiles,
    bankNameLatin: trainingBank.bankNameLatin,
    publicationOrigin,
    clock,
    mayCreate,
    onMissingKey: (name) => {
      log.error({ name }, 'an issuing key is missing');
    },
  });
  if (!authority.ok) return authority;

  const hashes = secretHashes(pepper.value);
  const bank: Bank = {
    phoneLogin: options.phoneLogin ?? 'one-time-password',
    identity: trainingBank,
    training: options.training,
    portalOrigin,
    onlineOrigin,
    store,
    authority: authority.value,
    envelopes: await openEnvelopes(envelopeKey.value),
    hashes,
    coreBanking: ownCoreBanking(store, hashes),
    limits: options.limits ?? requestLimits,
    hasCoreToSpare: availableParallelism() > 1,
    cardSecrets: cardSecrets(masterKeys.value, derivation.value),
    applets: appletCatalogue(join(options.dataFolder, 'applets'), log),
    ...books.value,
    metrics: openMetrics(),
    clock,
    log,
  };
  const begun = await beginKeyRecord(bank);
  if (!begun.ok) return begun;
  await equipStation(bank, options.stationFolder);
  if (mayCreate) {
    const rows = await prepareTrainingCustomers(bank.hashes);
    await store.transaction(async (tx) => {
      await admitTrainingCustomers(tx, rows);
      // Written last: without it the next start begins again, with it nothing is ever made anew.
      await writeSetting(tx, 'set-up', clock().toISOString());
      return ok();
    });
  }
  const booked = await bringAccountsIntoLedger(bank);
  if (!booked.ok) return booked;
  // By this the bank's commands know it, too.
  await writeSetUpIdentity(store.db, bank, publicationOrigin);

  const tls = await serverTls(bank, ['localhost'], [LOOPBACK]);
  const clientCa = trustedPem(bank);
  const api = await openApiServer(bank, { ...tls, clientCa });
  const portal = await openPortalServer(bank, tls);
  const online = await openOnlineServer(bank, tls, 'p-256');
  const publication = await openPublicationServer(bank);
  const listening = await listen(store, [
    { name: 'api', server: api, port: ports.api },
    { name: 'portal', server: portal, port: ports.portal },
    { name: 'online', server: online, port: ports.online },
    { name: 'publication', server: publication, port: ports.publication },
  ]);
  if (!listening.ok) return listening;
  const office =
    options.operatorFolder === undefined
      ? undefined
      : await openOperatorOffice(bank, { folder: options.operatorFolder, tls });
  const stopHousekeeping = keepHouse(bank);
  const stopFollowing = followIssuingKeys(bank, [{ server: api, tls }]);
  log.info({ api: ports.api.port, portal: ports.portal.port, bank: trainingBank.bankId }, 'open');
  return ok({
    bankId: trainingBank.bankId,
    apiOrigin: `https://${LOOPBACK}:${ports.api.port}`,
    portalOrigin,
    onlineOrigin,
    seedOrigin: office?.seedOrigin,
    async stop() {
      stopFollowing();
      await stopHousekeeping();
      await office?.close();
      await Promise.all([api.close(), portal.close(), online.close(), publication.close()]);
      await store.close();
      log.info('closed');
    },
  });
};

/**
 * The ports of portal and publication are in what was issued, so a start with others is refused by name.
 * Nobody but the station needs the API's port, and the station is told: there another one will do.
 */
const portFor = async (
  store: Store,
  server: ServerName,
  asked: number | undefined,
): Promise<Result<ReservedPort>> => {
  const remembered = Number((await readSetting(store.db, `${server}-port`)) ?? 0);
  const wanted = asked === undefined || asked === 0 ? remembered : asked;
  const reserved = await reservePort(server, wanted > 0 ? wanted : undefined);
  if (reserved.ok || asked || server === 'portal' || server === 'publication') return reserved;
  return reservePort(server, undefined);
};

const listen = async (
  store: Store,
  servers: readonly { name: ServerName; server: FastifyInstance; port: ReservedPort }[],
): Promise<Result<void>> => {
  for (const { name, server, port: reserved } of servers) {
    const { port } = reserved;
    await reserved.release();
    try {
      await server.listen({ host: LOOPBACK, port });
    } catch {
      await Promise.all(servers.map((each) => each.server.close()));
      return fail('bank-port-taken', { server: name, port });
    }
    await writeSetting(store.db, `${name}-port`, String(port));
  }
  return ok();
};
