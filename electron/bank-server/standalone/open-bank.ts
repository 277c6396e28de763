import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { beginKeyRecord } from '../audit/key-record.ts';
import { appletCatalogue } from '../applets/applet-catalogue.ts';
import { openAuthority } from '../authority/authority.ts';
import { openEnvelopes } from '../authentication/envelopes.ts';
import { secretHashes, type SecretHashes } from '../authentication/secret-hashes.ts';
import type { Bank } from '../bank.ts';
import { readCertificateProfiles } from '../ca/certificate-profile.ts';
import { openKeyFiles, type KeyFiles } from '../ca/key-files.ts';
import { issuingKeysInFiles, issuingKeysInToken } from '../ca/issuing-key-store.ts';
import { openToken, type Token } from '../ca/pkcs11/open-token.ts';
import { signerOf } from '../ca/signer.ts';
import type { CoreBanking } from '../core-banking/core-banking.ts';
import { httpCoreBanking } from '../core-banking/http-core-banking.ts';
import { ownCoreBanking } from '../core-banking/own-core-banking.ts';
import { openMetrics, type Metrics } from '../http/metrics.ts';
import { openPartner } from '../http/open-partner.ts';
import { cardSecrets } from '../key-service/card-secrets.ts';
import { readDerivationRules } from '../key-service/derivation-rules.ts';
import { masterKeysInFiles, masterKeysInToken } from '../key-service/master-key-store.ts';
import { openMasterKeys, type MasterKeyPlaces } from '../key-service/master-keys.ts';
import { openBooks } from '../open-books.ts';
import { resourcesFolder } from '../resources-folder.ts';
import { readSetUpIdentity, type SetUpIdentity } from '../set-up-identity.ts';
import { openPostgresStore } from '../store/postgres/open-postgres-store.ts';
import { readSetting } from '../store/settings.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import type { StandaloneOptions } from './standalone-options.ts';

export interface OpenBank {
  readonly bank: Bank;
  /** Where master keys are, for those who enter them. */
  readonly masterKeyPlaces: MasterKeyPlaces;
  close(): Promise<void>;
}

/** Everything a process of the bank works with, over a database that others may use at the same time. */
export const openBank = async (options: StandaloneOptions, log: Logger): Promise<Result<OpenBank>> => {
  const profiles = readCertificateProfiles(
    join(resourcesFolder(options.resourcesFolder), 'certificate-profiles'),
  );
  if (!profiles.ok) return profiles;
  const metrics = openMetrics();
  const opened = await openStore(options, metrics, log);
  if (!opened.ok) return opened;
  const store = opened.value;
  const closers: (() => void)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closers) each();
    await store.close();
  };
  const refuse = async <T>(refused: Result<T>): Promise<Result<T>> => {
    await close();
    return refused;
  };

  const isSetUp = (await readSetting(store.db, 'set-up')) !== undefined;
  if (options.command !== 'set-up' && !isSetUp)
    return refuse(fail('bank-setup-invalid', { file: 'database', reason: 'not-set-up' }));
  if (options.command === 'set-up' && isSetUp)
    return refuse(fail('bank-setup-invalid', { file: 'database', reason: 'set-up-already' }));
  const identity = isSetUp ? await readSetUpIdentity(store.db) : identityOf(options);
  if (identity === undefined)
    return refuse(fail('bank-setup-invalid', { file: 'database', reason: 'identity' }));

  const keys = openKeys(options, !isSetUp, closers);
  if (!keys.ok) return refuse(keys);
  const { bankId, bankName, bankNameLatin, portalOrigin, training, phoneLogin } = identity;
  const clock = () => new Date();
  const authority = await openAuthority({
    store,
    keys: keys.value,
    profiles: profiles.value,
    bankNameLatin,
    publicationOrigin: identity.publicationOrigin ?? portalOrigin,
    clock,
    mayCreate: !isSetUp,
    onMissingKey: (name) => {
      log.error({ name }, 'an issuing key is missing here; certificates go on under the one before it');
    },
  });
  if (!authority.ok) return refuse(authority);
  const books = openBooks(store, { bankId, bankName, bankNameLatin }, keys.value.files, clock);
  if (!books.ok) return refuse(books);
  const masterKeys = await openMasterKeys(store.db, keys.value.masters, clock, !isSetUp);
  if (!masterKeys.ok) return refuse(masterKeys);
  const derivation = readDerivationRules(resourcesFolder(options.resourcesFolder));
  if (!derivation.ok) return refuse(derivation);
  const hashes = secretHashes(keys.value.pepper);
  const coreBanking = openCoreBanking(options, store, hashes);
  closers.push(() => {
    coreBanking.close();
  });
  const bank: Bank = {
    identity: { bankId, bankName, bankNameLatin },
    training,
    portalOrigin,
    onlineOrigin: options.onlineOrigin,
    phoneLogin,
    store,
    authority: authority.value,
    envelopes: await openEnvelopes(keys.value.envelope),
    hashes,
    coreBanking,
    cardSecrets: cardSecrets(masterKeys.value, derivation.value),
    applets: appletCatalogue(join(options.dataFolder, 'applets'), log),
    ...books.value,
    limits: options.limits,
    hasCoreToSpare: availableParallelism() > options.processes,
    metrics,
    clock,
    log,
  };
  const begun = await beginKeyRecord(bank);
  if (!begun.ok) return refuse(begun);
  return ok({ bank, masterKeyPlaces: keys.value.masters, close });
};

const openCoreBanking = (
  { coreBanking }: StandaloneOptions,
  store: Store,
  hashes: SecretHashes,
): CoreBanking => {
  if (coreBanking === undefined) return ownCoreBanking(store, hashes);
  const base = coreBanking.base.endsWith('/') ? coreBanking.base : `${coreBanking.base}/`;
  const partner = openPartner({ ...coreBanking, base, timeoutMs: CORE_TIMEOUT_MS });
  return httpCoreBanking(partner, store, coreBanking.pinKey);
};

/** Shorter than a station waits for its answer. */
const CORE_TIMEOUT_MS = 5_000;

const openStore = (options: StandaloneOptions, metrics: Metrics, log: Logger): Promise<Result<Store>> =>
  options.database.startsWith('postgres')
    ? openPostgresStore({
        url: options.database,
        now: new Date(),
        onRetry: () => {
          metrics.retry();
        },
        onLost: () => {
          metrics.connectionLost();
          log.warn('a connection to the database broke');
        },
      })
    : openSqliteStore(options.database, new Date());

const identityOf = (options: StandaloneOptions): SetUpIdentity | undefined =>
  options.portalOrigin === undefined
    ? undefined
    : {
        bankId: options.bankId,
        bankName: options.bankName,
        bankNameLatin: options.bankNameLatin,
        portalOrigin: options.portalOrigin,
        ...(options.publicationOrigin !== undefined && { publicationOrigin: options.publicationOrigin }),
        training: options.training,
        phoneLogin: options.phoneLogin,
      };

const openKeys = (options: StandaloneOptions, mayCreate: boolean, closers: (() => void)[]) => {
  const folder = join(options.dataFolder, 'keys');
  // A set-up that was cut off goes on with the keys it made; a serving bank never makes one.
  const files =
    !mayCreate && !existsSync(folder)
      ? fail('bank-keys-damaged', { file: 'keys' })
      : openKeyFiles(folder, mayCreate);
  if (!files.ok) return files;
  const token = openHsm(options, closers);
  if (!token.ok) return token;
  const signing = files.value.privateKey('bank-signing');
  if (!signing.ok) return signing;
  const envelope = files.value.privateKey('envelope');
  if (!envelope.ok) return envelope;
  const pepper = files.value.secret('pepper');
  if (!pepper.ok) return pepper;
  return ok({
    issuing: token.value ? issuingKeysInToken(token.value) : issuingKeysInFiles(files.value),
    algorithm: options.caAlgorithm,
    signing: signerOf(signing.value),
    envelope: envelope.value,
    pepper: pepper.value,
    masters: masterKeyPlaces(files.value, token.value),
    files: files.value,
  });
};

/** Undefined: this bank has its keys in files. */
const openHsm = ({ hsm }: StandaloneOptions, closers: (() => void)[]): Result<Token | undefined> => {
  if (hsm === undefined) return ok(undefined);
  const token = openToken(hsm.address, readFileSync(hsm.pinFile, 'utf8').trim());
  if (token.ok)
    closers.push(() => {
      token.value.close();
    });
  return token;
};

/** A bank that got its HSM later has its older master keys in files. */
const masterKeyPlaces = (files: KeyFiles, token: Token | undefined): MasterKeyPlaces => {
  const inFiles = masterKeysInFiles(files);
  const inToken = token && masterKeysInToken(token);
  return {
    files,
    store: inToken ?? inFiles,
    storeAt: (place) => (place === 'file' ? inFiles : inToken),
  };
};
