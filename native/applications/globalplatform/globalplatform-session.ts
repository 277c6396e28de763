import { findTlv, parseTlvs, statusClass, toHex, unwrapTlv } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { ApduPipe, CardApplication } from '../../pipe/index.ts';
import {
  getData,
  TAG_CARD_NUMBER,
  TAG_ISSUER_NUMBER,
  TAG_KEY_INFORMATION,
  TAG_PRODUCTION_DATA,
  TAG_RECOGNITION_DATA,
} from './card/get-data.ts';
import { parseProductionData, type ProductionData } from './card/production-data.ts';
import { parseRecognitionData, type RecognitionData } from './card/recognition-data.ts';
import { SIXTEEN_BYTES } from '../../../electron/shared/secure-channel/index.ts';
import {
  openSecureChannel,
  parseKeyInformation,
  type KeyAttempts,
  type KeyInformation,
  type SecureChannelKeys,
  type SecurityLevel,
} from './channel/index.ts';
import { securedDomain, type SecuredDomain } from './secured-domain.ts';
import { statusFault } from './status-fault.ts';

/** A card's issuer security domain, selected; what it tells without a key. */
export interface GlobalPlatformSession {
  /** AID of the domain as the card gives it. */
  readonly aid: Uint8Array;
  /** The card answers, but its life cycle is CARD_LOCKED or TERMINATED. */
  readonly locked: boolean;
  /** `undefined` where the card has no such object; the same below. Fault: card-bad-answer. */
  readProductionData(): Promise<Result<ProductionData | undefined>>;
  readRecognitionData(): Promise<Result<RecognitionData | undefined>>;
  /** Empty where the card keeps its list of keys to itself. */
  readKeyInformation(): Promise<Result<readonly KeyInformation[]>>;
  /** Hex identity of this very card: from production data, else issuer and card number. Fault: card-unsupported. */
  readCardId(): Promise<Result<string>>;
  /** One attempt, after everything that can be compared without one. Faults: those of `openSecureChannel`. */
  openChannel(request: OpenChannel): Promise<Result<SecuredDomain>>;
}

export interface OpenChannel {
  readonly keys: SecureChannelKeys;
  readonly attempts: KeyAttempts;
  readonly level: SecurityLevel;
  /** Under which a refusal is remembered; read from the card when absent. */
  readonly cardId?: string;
  readonly deliveredCheckValues?: readonly Uint8Array[];
}

const issuerDomainAid = new Uint8Array([0xa0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00]);

/** GlobalPlatform card specification 2.3.1 (GPCS): the domain through which the content of a card is managed. */
export const globalPlatform: CardApplication<GlobalPlatformSession> = {
  name: 'globalplatform',
  aid: issuerDomainAid,
  async open(pipe) {
    const selected = await selectDomain(pipe);
    return selected.ok ? ok(sessionOn(pipe, selected.value)) : selected;
  },
};

interface Selected {
  readonly aid: Uint8Array;
  readonly locked: boolean;
}

const CARD_LOCKED = 0x6283;

/** By the usual AID, else whatever the card selects by default: SIMs give their domain names of their own. */
const selectDomain = async (pipe: ApduPipe): Promise<Result<Selected>> => {
  const select = { cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, le: 256 };
  let answer = await pipe.send({ ...select, data: issuerDomainAid });
  if (answer.ok && statusClass(answer.value.sw) === 'not-found') answer = await pipe.send(select);
  if (!answer.ok) return answer;
  const { sw, data } = answer.value;
  if (sw !== 0x9000 && sw !== CARD_LOCKED)
    return statusClass(sw) === 'not-found' || statusClass(sw) === 'unsupported'
      ? fail('card-unsupported', { what: 'globalplatform' })
      : statusFault('select', sw);
  return ok({ aid: aidOf(data) ?? issuerDomainAid, locked: sw === CARD_LOCKED });
};

/** 6F { 84 AID, A5 { … } } */
const aidOf = (data: Uint8Array): Uint8Array | undefined => {
  const control = unwrapTlv(data, 0x6f);
  const objects = control.ok ? parseTlvs(control.value) : control;
  return objects.ok ? findTlv(objects.value, 0x84) : undefined;
};

const sessionOn = (pipe: ApduPipe, { aid, locked }: Selected): GlobalPlatformSession => {
  const read = async (tag: number): Promise<Result<Uint8Array | undefined>> => {
    const answer = await pipe.send(getData(tag));
    if (!answer.ok) return answer;
    // Which word says "I do not have this" differs from card to card; none of them costs anything.
    return ok(answer.value.sw === 0x9000 ? answer.value.data : undefined);
  };

  const parsed = async <Value>(
    tag: number,
    parse: (data: Uint8Array) => Result<Value>,
  ): Promise<Result<Value | undefined>> => {
    const data = await read(tag);
    if (!data.ok || data.value === undefined) return data.ok ? ok(undefined) : data;
    return parse(data.value);
  };

  const readProductionData = () => parsed(TAG_PRODUCTION_DATA, parseProductionData);
  const readRecognitionData = () => parsed(TAG_RECOGNITION_DATA, parseRecognitionData);

  const readKeyInformation = async (): Promise<Result<readonly KeyInformation[]>> => {
    const keys = await parsed(TAG_KEY_INFORMATION, parseKeyInformation);
    return keys.ok ? ok(keys.value ?? []) : keys;
  };

  const readCardId = async (): Promise<Result<string>> => {
    const production = await readProductionData();
    if (!production.ok) return production;
    if (production.value !== undefined) return ok(production.value.cardId);
    const issuer = await read(TAG_ISSUER_NUMBER);
    if (!issuer.ok) return issuer;
    const card = await read(TAG_CARD_NUMBER);
    if (!card.ok) return card;
    return issuer.value === undefined || card.value === undefined
      ? fail('card-unsupported', { what: 'card-id' })
      : ok(toHex(issuer.value) + toHex(card.value));
  };

  const openChannel = async (request: OpenChannel): Promise<Result<SecuredDomain>> => {
    const cardId = request.cardId === undefined ? await readCardId() : ok(request.cardId);
    if (!cardId.ok) return cardId;
    const recognition = await readRecognitionData();
    if (!recognition.ok) return recognition;
    const keyInformation = await readKeyInformation();
    if (!keyInformation.ok) return keyInformation;
    const wanted = request.keys.expected.type === '3des' ? 2 : 3;
    const options = recognition.value?.channels.find(({ protocol }) => protocol === wanted)?.options;
    const channel = await openSecureChannel(pipe, {
      ...request,
      cardId: cardId.value,
      challengeLength: wanted === 3 && ((options ?? 0) & SIXTEEN_BYTES) !== 0 ? 16 : 8,
      domainAid: aid,
      keyInformation: keyInformation.value,
      ...(options === undefined ? {} : { announcedOptions: options }),
    });
    return channel.ok ? ok(securedDomain(channel.value)) : channel;
  };

  return {
    aid,
    locked,
    readProductionData,
    readRecognitionData,
    readKeyInformation,
    readCardId,
    openChannel,
  };
};
