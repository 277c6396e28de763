import type { BankApi, RouteBody, RouteReply, SdManifest, UserInfo } from '../../shared/bank-api/index.ts';
import { encodeDataGroupHashes, fromHex, LDS_SECURITY_OBJECT } from '../../shared/codec/index.ts';
import type { CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';
import { isChainBeingMoved } from '../authentication/move-chain.ts';
import { readCardFile, type CardFile } from './card-record.ts';
import { findCustomer } from './customers.ts';

/** A card has content from its certificate on until it ends. */
const withContent: readonly CardState[] = [
  'certified',
  'written',
  'verified',
  'registered',
  'delivered',
  'active',
  'broken',
];

/** The user information for the medium, signed: it binds customer, card and certificate to this bank. */
export const signUserInfo = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['signUserInfo']>>,
  cardId: string,
): Promise<Result<RouteReply<BankApi['signUserInfo']>>> => {
  const file = await fileWithCertificate(bank, cardId);
  if (!file.ok) return file;
  const customer = await findCustomer(bank.store.db, file.value.card.customer_id);
  if (!customer.ok) return customer;
  const content: UserInfo = {
    version: 1,
    bankId: bank.identity.bankId,
    bankName: bank.identity.bankName,
    portalOrigin: bank.portalOrigin,
    cardId,
    customerId: customer.value.customerId,
    name: customer.value.name,
    loginName: customer.value.loginName,
    certificateSha256: file.value.certificateSha256,
    issuedAt: call.now.toISOString(),
  };
  const userInfo = (await signJson(bank, content)).toString('base64');
  return call.commit(async () => ok({ userInfo }));
};

/** The manifest of an SD card, signed: exactly these files, on exactly this medium. */
export const signManifest = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['signManifest']>>,
  cardId: string,
  body: RouteBody<BankApi['signManifest']>,
): Promise<Result<RouteReply<BankApi['signManifest']>>> => {
  // Suspended for a forked chain, it is sealed with its new one before it is released.
  const moved = await bank.store.transaction(async (tx) => ok(await isChainBeingMoved(tx, cardId)));
  const file = await fileWithCertificate(bank, cardId, moved.ok && moved.value);
  if (!file.ok) return file;
  const { card } = file.value;
  if (card.medium_kind !== 'sd-card') return fail('request-malformed', { field: 'cardId' });
  if (card.medium_identity !== body.mediumIdentity)
    return fail('card-state-conflict', { cardId, state: card.state, field: 'mediumIdentity' });
  const paths = body.files.map(({ path }) => path);
  if (!paths.every(isPlainPath) || new Set(paths).size !== paths.length)
    return fail('request-malformed', { field: 'files' });
  const content: SdManifest = {
    version: 1,
    bankId: bank.identity.bankId,
    cardId,
    mediumIdentity: body.mediumIdentity,
    clientVersion: body.clientVersion,
    files: body.files.map(({ path, sha256, size }) => ({ path, sha256, size })),
    signedAt: call.now.toISOString(),
  };
  const manifest = (await signJson(bank, content)).toString('base64');
  return call.commit(async () => ok({ manifest }));
};

/** The hashes of a card's own objects, signed: what a security object (SP 800-73-4) carries. */
export const signSecurityObject = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['signSecurityObject']>>,
  cardId: string,
  { hashes }: RouteBody<BankApi['signSecurityObject']>,
): Promise<Result<RouteReply<BankApi['signSecurityObject']>>> => {
  const file = await fileWithCertificate(bank, cardId);
  if (!file.ok) return file;
  const content = encodeDataGroupHashes(
    hashes.map(({ dataGroup, sha256 }) => ({ dataGroup, sha256: fromHex(sha256) })),
  );
  const signed = (await bank.authority.signContent(content, LDS_SECURITY_OBJECT)).toString('base64');
  return call.commit(async () => ok({ signed }));
};

const signJson = (bank: Bank, content: UserInfo | SdManifest): Promise<Buffer> =>
  bank.authority.signContent(Buffer.from(JSON.stringify(content)));

const fileWithCertificate = async (
  bank: Bank,
  cardId: string,
  orSuspended = false,
): Promise<Result<CardFile & { certificateSha256: string }>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const { card, certificate } = file.value;
  const suspended = orSuspended && card.state === 'suspended';
  if (!withContent.includes(card.state) && !suspended)
    return fail('card-state-conflict', { cardId, state: card.state });
  if (certificate === undefined) return fail('certificate-unknown', { cardId });
  if (certificate.state !== 'issued' && !suspended) return fail('certificate-revoked', { cardId });
  return ok({ ...file.value, certificateSha256: certificate.sha256 });
};

/** Relative, with forward slashes, inside the bank's folder. */
const isPlainPath = (path: string): boolean =>
  /^[\w.-]{1,80}(\/[\w.-]{1,80}){0,4}$/.test(path) && !path.split('/').some((part) => /^\.+$/.test(part));
