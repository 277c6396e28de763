import { createHash, X509Certificate } from 'node:crypto';
import type { z } from 'zod';
import type { CardInspection, comparisonLine } from '../../shared/contract/index.ts';
import { isNewerVersion, type CardRecord } from '../../shared/domain/index.ts';
import { faultTable, ok, type Fault, type Result } from '../../shared/result/index.ts';
import { userInfoObject } from '../../../native/applications/piv/index.ts';
import { partPath, readProgramVersion, verifyUserInfo } from '../../../native/applications/sd/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { Readers, Recognised } from '../readers/readers.ts';
import { bankRecordOf, cardIdOn } from './bank-record.ts';
import { inspectApplets, mayUpgradeApplet, type InspectedApplet } from './inspect-applets.ts';
import { unfinishedStates } from './look-at-card.ts';
import { mayRestart } from './restart-chain.ts';
import { goWithReset, isForeign } from './wipe-card.ts';

export interface InspectionTools {
  readonly bank: BankClient;
  readonly readers: Readers;
  readonly bankCaPem: () => string;
  /** The phone client as built, without a customer in it. */
  phoneClient(): Promise<string>;
  bankId(): string | undefined;
  now(): Date;
}

type Line = z.infer<typeof comparisonLine>;

/** What lies on the medium itself, in the terms of the comparison. */
interface OnMedium {
  readonly certificate: Uint8Array | undefined;
  readonly publicKeySha256: string | undefined;
  readonly userInfo: Uint8Array | undefined;
  readonly clientVersion: string | undefined;
  readonly sealed: boolean;
  /** As a blank card says of its management key; undefined where it says nothing. */
  readonly hasFactoryKey?: boolean | undefined;
}

/** Card ↔ bank ↔ CA in one view, and the one safe thing to do. Faults: those of readers and bank. */
export async function inspectCard(tools: InspectionTools, reader: string): Promise<Result<CardInspection>> {
  const seen = await tools.readers.recognise({ reader });
  if (seen.ok) return inspectSeen(tools, seen.value);
  if (seen.fault.code !== 'card-unsupported') return seen;
  return ok({ reader, kind: 'unknown', content: 'foreign', lines: [], actions: ['none'] });
}

/** The same of a medium that was looked at already, for a run or for nobody. */
export async function inspectSeen(
  tools: InspectionTools,
  seen: Recognised,
  runId?: string,
): Promise<Result<CardInspection>> {
  const record = await bankRecordOf(tools.bank, seen);
  if (!record.ok) return record;
  const onMedium = await readMedium(tools, seen, runId);
  if (!onMedium.ok) return onMedium;
  const ca = await caCertificate(tools.bank, record.value);
  if (!ca.ok) return ca;
  const stock = await stockState(tools.bank, seen);
  if (!stock.ok) return stock;

  const chain = await chainState(tools.bank, record.value);
  if (!chain.ok) return chain;

  const content = contentOf(seen, record.value);
  const lines = content === 'blank' ? [] : compare(tools, seen, onMedium.value, record.value, ca.value);
  if (chain.value && content !== 'blank')
    lines.push({ item: 'chain', bank: `chain-${chain.value.state}`, verdict: 'not-comparable' });
  const applets = await appletsOf(tools, seen, {
    isCustomers: content === 'complete' && record.value?.state === 'active',
    isStock: content === 'blank' && stock.value,
    runId,
  });
  if (!applets.ok) return applets;
  const { inspected = [], fault: appletFault } = applets.value;
  lines.push(...(content === 'blank' ? [] : inspected.map(appletLine)));
  const hasUnknownKey = content === 'blank' && !stock.value && onMedium.value.hasFactoryKey === false;
  // A blank medium whose card still lives at the bank is wiped too: that ends the card there.
  const live = record.value && !['revoked', 'wiped', 'destroyed'].includes(record.value.state);
  const mayWipe =
    ['complete', 'incomplete', 'unrecorded'].includes(content) ||
    (content === 'blank' && (live === true || hasUnknownKey));
  const client = await clientVersions(tools, onMedium.value);
  const mayUpgrade =
    content === 'complete' &&
    record.value?.state === 'active' &&
    client !== undefined &&
    isNewerVersion(client.available, client.onCard);
  const mayRestartChain =
    content === 'complete' &&
    record.value !== undefined &&
    mayRestart(record.value) &&
    chain.value !== undefined;
  return ok({
    reader: seen.reader,
    kind: seen.takes === 'card' ? seen.kind : 'sd-card',
    content,
    ...(stock.value && content === 'blank' && { prepared: true }),
    ...(hasUnknownKey && { unknownKey: true }),
    ...describe(seen),
    ...(record.value && { bankRecord: record.value }),
    lines,
    ...(mayWipe && goWithReset(seen) > 0 && { otherKeys: goWithReset(seen) }),
    ...(client && { client }),
    ...(inspected.length > 0 && { applets: inspected.map(({ view }) => view) }),
    ...(appletFault && { appletFault }),
    ...(chain.value && { chain: chain.value }),
    actions: [
      ...(mayUpgrade ? (['upgrade-client'] as const) : []),
      ...(inspected.some(({ view }) => mayUpgradeApplet(view)) ? (['upgrade-applet'] as const) : []),
      ...(mayRestartChain ? (['restart-chain'] as const) : []),
      mayWipe ? 'wipe' : 'none',
    ],
  });
}

interface AppletsFound {
  readonly inspected?: readonly InspectedApplet[] | undefined;
  readonly fault?: Fault;
}

/**
 * Of a card in use and of prepared stock. A list of the bank's that is damaged, or a domain that cannot be asked, is
 * said beside the rest of the comparison; a card or a bank that is gone ends it.
 */
async function appletsOf(
  tools: InspectionTools,
  seen: Recognised,
  {
    isCustomers,
    isStock,
    runId,
  }: { readonly isCustomers: boolean; readonly isStock: boolean; readonly runId: string | undefined },
): Promise<Result<AppletsFound>> {
  if (seen.takes !== 'card' || !(isCustomers || isStock)) return ok({});
  const inspected = await inspectApplets(tools, seen, { isCustomers, runId });
  if (inspected.ok) return ok({ inspected: inspected.value });
  const { code } = inspected.fault;
  const isGone = code === 'card-removed' || code === 'no-medium' || faultTable[code].blame === 'network';
  return isGone ? inspected : ok({ fault: inspected.fault });
}

/** Versions by the name of the applet. What nobody has told the bank of is no difference. */
const appletLine = ({ view, register }: InspectedApplet): Line => {
  const { name: item, onCard } = view;
  if (onCard !== undefined && register) return line(item, onCard, register.version);
  return {
    item,
    ...(onCard !== undefined && { card: onCard }),
    ...(register && { bank: register.version }),
    verdict: register ? 'missing' : 'not-comparable',
  };
};

/** What is on the medium and what this station could put there; undefined where the medium has no client. */
async function clientVersions(
  { phoneClient }: InspectionTools,
  { clientVersion }: OnMedium,
): Promise<CardInspection['client']> {
  if (clientVersion === undefined) return undefined;
  const available = readProgramVersion(await phoneClient());
  return available.ok ? { onCard: clientVersion, available: available.value } : undefined;
}

function describe(seen: Recognised): Partial<CardInspection> {
  if (seen.takes === 'sd-card') return { serial: seen.presence.identity.serial };
  const { identity, label, pinRetries, pukRetries } = seen.card;
  return {
    atr: Buffer.from(seen.atr).toString('hex'),
    serial: identity.serial,
    applet: label ?? 'PIV',
    ...(pinRetries !== undefined && { pinRetries }),
    ...(pukRetries !== undefined && { pukRetries }),
  };
}

function contentOf(seen: Recognised, record: CardRecord | undefined): CardInspection['content'] {
  if (isForeign(seen, record)) return 'foreign';
  if (seen.takes === 'card') {
    switch (seen.card.content) {
      case 'blank':
        return 'blank';
      case 'officer':
        return 'foreign';
      case 'issued':
        if (!isItsOwn(seen, record)) return seen.card.isOfBank ? 'unrecorded' : 'foreign';
        return unfinishedStates.includes(record.state) ? 'incomplete' : 'complete';
      // Its PIN was changed and nothing was written yet: the bank knows that this is its card.
      case 'foreign':
      case 'unfinished':
        return 'incomplete';
    }
  }
  if (seen.content?.state === 'empty') return 'blank';
  if (seen.content?.state !== 'complete') return 'incomplete';
  if (!isItsOwn(seen, record)) return 'unrecorded';
  return unfinishedStates.includes(record.state) ? 'incomplete' : 'complete';
}

/** And not of a card that was made on the same medium before. */
const isItsOwn = (seen: Recognised, record: CardRecord | undefined): record is CardRecord =>
  record?.cardId !== undefined && (cardIdOn(seen) ?? record.cardId) === record.cardId;

async function readMedium(
  { readers, bankId }: InspectionTools,
  seen: Recognised,
  runId: string | undefined,
): Promise<Result<OnMedium>> {
  if (seen.takes === 'card') {
    const { certificate, marker, content } = seen.card;
    const identity = seen.card.identity.identity;
    return readers.useCard({ reader: seen.reader, identity, runId }, async ({ piv }) => {
      const userInfo = await piv.getObject(userInfoObject);
      if (!userInfo.ok) return userInfo;
      const key = await piv.readMetadata('9a');
      if (!key.ok) return key;
      const managementKey = content === 'blank' ? await piv.readMetadata('management-key') : ok(undefined);
      if (!managementKey.ok) return managementKey;
      return ok({
        certificate,
        publicKeySha256: key.value?.publicKey && sha256(key.value.publicKey),
        userInfo: userInfo.value,
        clientVersion: undefined,
        sealed: marker !== undefined,
        hasFactoryKey: managementKey.value?.isDefault,
      });
    });
  }
  const bank = bankId();
  const { content } = seen;
  const none = { certificate: undefined, publicKeySha256: undefined, userInfo: undefined };
  const sealed = content?.state === 'complete';
  const clientVersion = content?.state === 'complete' ? content.clientVersion : undefined;
  if (bank === undefined || !content) return ok({ ...none, clientVersion, sealed });
  return readers.useVolume(
    { reader: seen.reader, identity: seen.presence.identity.text, runId },
    async (volume): Promise<Result<OnMedium>> => {
      const certificate = await volume.read(partPath(bank, 'certificate'));
      const userInfo = await volume.read(partPath(bank, 'user-info'));
      return ok({
        certificate: certificate.ok ? certificate.value : undefined,
        // The key file does not say which key it holds without the card PIN.
        publicKeySha256: undefined,
        userInfo: userInfo.ok ? userInfo.value : undefined,
        clientVersion,
        sealed,
      });
    },
  );
}

/** Whether the bank has it as prepared stock. */
async function stockState(bank: BankClient, seen: Recognised): Promise<Result<boolean>> {
  if (seen.takes === 'sd-card') return ok(false);
  const read = await bank.call('readStockCard', { mediumIdentity: seen.card.identity.identity }, {});
  return read.ok ? ok(read.value.stock?.state === 'prepared') : read;
}

/** How the card's one-time passwords stand, as long as it is its customer's. */
async function chainState(
  bank: BankClient,
  record: CardRecord | undefined,
): Promise<Result<CardInspection['chain']>> {
  if (!record || !['active', 'suspended'].includes(record.state)) return ok(undefined);
  const read = await bank.call('readOtpChain', { cardId: record.cardId }, {});
  return read.ok ? ok(read.value.chain) : read;
}

async function caCertificate(
  bank: BankClient,
  record: CardRecord | undefined,
): Promise<Result<Uint8Array | undefined>> {
  if (!record?.certificate) return ok(undefined);
  const read = await bank.call('readCertificate', { cardId: record.cardId }, {});
  if (read.ok) return ok(new Uint8Array(Buffer.from(read.value.certificate, 'base64')));
  return read.fault.code === 'certificate-unknown' ? ok(undefined) : read;
}

function compare(
  { bankCaPem, now }: InspectionTools,
  seen: Recognised,
  onMedium: OnMedium,
  record: CardRecord | undefined,
  ca: Uint8Array | undefined,
): Line[] {
  const says = onMedium.userInfo && verifyUserInfo(onMedium.userInfo, bankCaPem(), now());
  const userInfo = says?.ok ? says.value : undefined;
  const sealExpected = record && !['reserved', 'keyed', 'certified'].includes(record.state);
  const lines: Line[] = [
    line('card-id', cardIdOn(seen) ?? userInfo?.cardId, record?.cardId),
    line('customer', userInfo?.name, record?.customerName),
    line(
      'certificate',
      onMedium.certificate && sha256(onMedium.certificate),
      record?.certificate?.sha256,
      ca && sha256(ca),
    ),
    line('key', onMedium.publicKeySha256, record?.certificate?.publicKeySha256, ca && publicKeySha256(ca)),
    line(
      'user-info',
      onMedium.userInfo && (userInfo ? userInfo.certificateSha256 : 'signature-invalid'),
      record?.certificate?.sha256,
    ),
    line('marker', onMedium.sealed ? 'present' : 'absent', record && (sealExpected ? 'present' : 'absent')),
    { item: 'state', ...(record && { bank: record.state }), verdict: 'not-comparable' },
  ];
  if (seen.takes === 'sd-card') lines.push(line('client', onMedium.clientVersion, record?.clientVersion));
  return lines;
}

function line(item: string, card?: string, bank?: string, ca?: string): Line {
  const all = [card, bank, ca].filter((value) => value !== undefined);
  const verdict = (): Line['verdict'] => {
    if (new Set(all).size > 1) return 'differs';
    if (card === undefined)
      return all.length === 0 ? 'not-comparable' : item === 'key' ? 'not-comparable' : 'missing';
    return all.length === 1 ? 'missing' : 'same';
  };
  return {
    item,
    ...(card !== undefined && { card }),
    ...(bank !== undefined && { bank }),
    ...(ca !== undefined && { ca }),
    verdict: verdict(),
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const publicKeySha256 = (der: Uint8Array): string =>
  sha256(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }));
