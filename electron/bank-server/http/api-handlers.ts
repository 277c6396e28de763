import { createHash } from 'node:crypto';
import type { BankApi, BankCall, RouteBody, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findAppletPackages, readAppletFile } from '../applets/serve-applets.ts';
import { anchorAudit, proveConsistency, proveInclusion, readTreeHead } from '../audit/anchor-audit.ts';
import { readKeyRecord } from '../audit/serve-key-record.ts';
import { checkAccountPin } from '../authentication/check-account-pin.ts';
import {
  beginChainMove,
  finishChainMove,
  importMovedChain,
  readOtpChain,
  withdrawChainMove,
} from '../authentication/move-chain.ts';
import { importOtpChain, openOtpChain } from '../authentication/otp-chains.ts';
import type { Bank } from '../bank.ts';
import { readCardKeys, reportCardKeys } from '../key-service/card-keys.ts';
import { changeManagementKey, changePuk } from '../key-service/change-secrets.ts';
import {
  beginManagementAuthentication,
  finishManagementAuthentication,
} from '../key-service/management-authentication.ts';
import {
  askQuarantineRelease,
  decideQuarantineRelease,
  findQuarantined,
  quarantineCard,
} from '../key-service/quarantine.ts';
import {
  changeChannelKeys,
  changePivSecrets,
  closeSecureChannel,
  openSecureChannel,
  unwrapAnswers,
  wrapCommands,
} from '../key-service/secure-channels.ts';
import { checkFirstManagerCode } from '../officers/first-manager.ts';
import { checkManagerCode } from '../officers/manager-admissions.ts';
import {
  activateOfficerCard,
  certifyOfficerCard,
  findOfficerCards,
  readOfficerCard,
  revokeOfficerCard,
} from '../officers/officer-cards.ts';
import { readCardApplets, reportCardApplet } from '../registry/card-applets.ts';
import { readCardFile, readCardRecord } from '../registry/card-record.ts';
import { findCustomers, readCustomer } from '../registry/customers.ts';
import { compensateCard, reportWiped, revokeCard } from '../registry/end-card.ts';
import { holdCard, releaseCard } from '../registry/hold-card.ts';
import { findCards } from '../registry/find-cards.ts';
import { openChallenge, proveCard } from '../registry/prove-card.ts';
import {
  activateCard,
  deliverCard,
  registerCard,
  reportKeyed,
  reportWritten,
} from '../registry/report-progress.ts';
import { reserveCard } from '../registry/reserve-card.ts';
import { signManifest, signSecurityObject, signUserInfo } from '../registry/sign-card-content.ts';
import { readStockCard, reportPrepared, withdrawPrepared } from '../registry/stock-cards.ts';
import type { ApiCall } from './api-call.ts';

/** What answers each call of the bank's API. */
export type ApiHandlers = {
  readonly [C in BankCall]: (
    call: ApiCall<RouteReply<BankApi[C]>>,
    params: RouteParams<BankApi[C]>,
    body: RouteBody<BankApi[C]>,
  ) => Promise<Result<RouteReply<BankApi[C]>>>;
};

/** Oldest version of the phone client the bank still accepts. */
const CLIENT_VERSION = '1.0.0';

export const apiHandlers = (bank: Bank): ApiHandlers => ({
  status: async (call) =>
    ok({
      ...bank.identity,
      training: bank.training,
      time: call.now.toISOString(),
      portalOrigin: bank.portalOrigin,
      caSha256: createHash('sha256').update(bank.authority.caCertificate).digest('hex'),
      envelopeKey: { keyId: bank.envelopes.keyId, publicKey: bank.envelopes.publicKey },
      clientVersion: CLIENT_VERSION,
    }),

  findCustomers: (_call, params) => findCustomers(bank, params),
  readCustomer: (_call, { customerId }) => readCustomer(bank, customerId),
  checkAccountPin: (call, params, body) => checkAccountPin(bank, call, params, body),

  reserveCard: (call, _params, body) => reserveCard(bank, call, body),
  readCard: async (_call, { cardId }) => {
    const card = await readCardRecord(bank.store.db, cardId);
    return card.ok ? ok({ card: card.value }) : card;
  },
  findCards: (_call, params) => findCards(bank, params),
  reportKeyed: (call, { cardId }, body) => reportKeyed(bank, call, cardId, body),
  readCertificate: async (_call, { cardId }) => {
    const file = await readCardFile(bank.store.db, cardId);
    if (!file.ok) return file;
    const { certificate } = file.value;
    return certificate ? ok({ certificate: certificate.der }) : fail('certificate-unknown', { cardId });
  },
  signUserInfo: (call, { cardId }) => signUserInfo(bank, call, cardId),
  signSecurityObject: (call, { cardId }, body) => signSecurityObject(bank, call, cardId, body),
  openOtpChain: (call, { cardId }) => openOtpChain(bank, call, cardId),
  importOtpChain: (call, { cardId }, body) => importOtpChain(bank, call, cardId, body),
  readOtpChain: (_call, { cardId }) => readOtpChain(bank, cardId),
  beginChainMove: (call, { cardId }, body) => beginChainMove(bank, call, cardId, body),
  importMovedChain: (call, { cardId }, body) => importMovedChain(bank, call, cardId, body),
  finishChainMove: (call, { cardId }, body) => finishChainMove(bank, call, cardId, body),
  withdrawChainMove: (call, { cardId }, body) => withdrawChainMove(bank, call, cardId, body),
  signManifest: (call, { cardId }, body) => signManifest(bank, call, cardId, body),
  reportWritten: (call, { cardId }, body) => reportWritten(bank, call, cardId, body),
  openChallenge: (call, { cardId }) => openChallenge(bank, call, cardId),
  proveCard: (call, { cardId }, body) => proveCard(bank, call, cardId, body),
  registerCard: (call, { cardId }) => registerCard(bank, call, cardId),
  deliverCard: (call, { cardId }, body) => deliverCard(bank, call, cardId, body),
  activateCard: (call, { cardId }) => activateCard(bank, call, cardId),
  compensateCard: (call, { cardId }, body) => compensateCard(bank, call, cardId, body),
  revokeCard: (call, { cardId }, body) => revokeCard(bank, call, cardId, body),
  reportWiped: (call, { cardId }, body) => reportWiped(bank, call, cardId, body),
  holdCard: (call, { cardId }, body) => holdCard(bank, call, cardId, body),
  releaseCard: (call, { cardId }, body) => releaseCard(bank, call, cardId, body),

  reportPrepared: (call, { mediumIdentity }, body) => reportPrepared(bank, call, mediumIdentity, body),
  withdrawPrepared: (call, { mediumIdentity }, body) => withdrawPrepared(bank, call, mediumIdentity, body),
  readStockCard: (_call, { mediumIdentity }) => readStockCard(bank, mediumIdentity),

  findAppletPackages: () => findAppletPackages(bank),
  readAppletFile: (_call, { sha256 }) => readAppletFile(bank, sha256),
  readCardApplets: (_call, { mediumIdentity }) => readCardApplets(bank, mediumIdentity),
  reportCardApplet: (call, { mediumIdentity }, body) => reportCardApplet(bank, call, mediumIdentity, body),

  anchorAudit: (call, _params, body) => anchorAudit(bank, call, body),
  readTreeHead: (call) => readTreeHead(bank, call),
  proveInclusion: (call, params) => proveInclusion(bank, call, params),
  proveConsistency: (call, params) => proveConsistency(bank, call, params),
  readKeyRecord: (_call, params) => readKeyRecord(bank, params),

  beginManagementAuthentication: (call, _params, body) => beginManagementAuthentication(bank, call, body),
  finishManagementAuthentication: (call, { authenticationId }, body) =>
    finishManagementAuthentication(bank, call, authenticationId, body),
  changeManagementKey: (call, _params, body) => changeManagementKey(bank, call, body),
  changePuk: (call, _params, body) => changePuk(bank, call, body),
  readCardKeys: (_call, { mediumIdentity }) => readCardKeys(bank, mediumIdentity),
  reportCardKeys: (call, { mediumIdentity }, body) => reportCardKeys(bank, call, mediumIdentity, body),
  quarantineCard: (call, { mediumIdentity }, body) => quarantineCard(bank, call, mediumIdentity, body),
  findQuarantined: () => findQuarantined(bank),
  askQuarantineRelease: (call, { mediumIdentity }, body) =>
    askQuarantineRelease(bank, call, mediumIdentity, body),
  decideQuarantineRelease: (call, { releaseId }, body) =>
    decideQuarantineRelease(bank, call, releaseId, body),
  admitFirstManager: (call, _params, body) => checkFirstManagerCode(bank, call, body),
  readmitManager: (call, _params, body) => checkManagerCode(bank, call, body),
  findOfficerCards: (call, { officers }) => findOfficerCards(bank, call, officers),
  readOfficerCard: (_call, { certificateSha256 }) => readOfficerCard(bank, certificateSha256),
  certifyOfficerCard: (call, _params, body) => certifyOfficerCard(bank, call, body),
  activateOfficerCard: (call, { certificateSha256 }, body) =>
    activateOfficerCard(bank, call, certificateSha256, body),
  revokeOfficerCard: (call, { certificateSha256 }, body) =>
    revokeOfficerCard(bank, call, certificateSha256, body),
  openSecureChannel: (call, _params, body) => openSecureChannel(bank, call, body),
  wrapCommands: (call, { channelId }, body) => wrapCommands(bank, call, channelId, body),
  unwrapAnswers: (call, { channelId }, body) => unwrapAnswers(bank, call, channelId, body),
  changeChannelKeys: (call, { channelId }) => changeChannelKeys(bank, call, channelId),
  changePivSecrets: (call, { channelId }, body) => changePivSecrets(bank, call, channelId, body),
  closeSecureChannel: (call, { channelId }) => closeSecureChannel(bank, call, channelId),
});
