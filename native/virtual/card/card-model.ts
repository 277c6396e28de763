import { factoryKeys, type DomainState } from '../applets/globalplatform/domain-state.ts';

/** Kinds of cards that a bank meets. */
export type CardModel =
  /** Room for everything, SCP03 with all its options. */
  | 'modern'
  /** A Java Card with a commit buffer of 512 bytes and SCP02. */
  | 'small-buffer'
  /** PIV without a management key: it is personalised through SCP03 only, in S16 mode. */
  | 'scp-only';

export interface ModelTraits {
  readonly protocol: DomainState['protocol'];
  /** Option bits "i". */
  readonly options: number;
  readonly pivBytes: number;
  readonly appletBytes: number;
  /** Bytes that the card writes all or nothing; `undefined`: everything. */
  readonly commitBuffer: number | undefined;
}

export const traitsOf: Readonly<Record<CardModel, ModelTraits>> = {
  modern: {
    protocol: 'scp03',
    options: 0x70,
    pivBytes: 51_200,
    appletBytes: 200_000,
    commitBuffer: undefined,
  },
  'small-buffer': {
    protocol: 'scp02',
    options: 0x55,
    pivBytes: 8_000,
    appletBytes: 30_000,
    commitBuffer: 512,
  },
  'scp-only': {
    protocol: 'scp03',
    options: 0x71,
    pivBytes: 16_000,
    appletBytes: 60_000,
    commitBuffer: undefined,
  },
};

/** The issuer's domain as the card leaves the factory: keys of version FF that everybody knows. */
export const factoryDomain = (model: CardModel, cardNumber: string): DomainState => {
  const { protocol, options, appletBytes } = traitsOf[model];
  return {
    aid: 'a000000151000000',
    protocol,
    options,
    diversificationData: `435743570001${cardNumber.slice(-8).padStart(8, '0')}`,
    keys: { '255': factoryKeys(protocol === 'scp03' ? 'aes' : '3des') },
    sequence: 0,
    failures: 0,
    // After a few wrong keys such a card is waste.
    mostFailures: 3,
    lifeCycle: 0x01,
    objects: {
      '9f7f': `9f7f2a${productionData(cardNumber)}`,
      '66': recognitionData(protocol, options),
      '42': '420489123456',
      '45': `4508${cardNumber.padStart(16, '0')}`,
    },
    packages: [],
    instances: [],
    capacity: appletBytes,
  };
};

/** 42 bytes with the card's number as serial of the chip; the makers are nobody. */
const productionData = (cardNumber: string): string =>
  `43574357435700000100ffff${cardNumber.slice(-8).padStart(8, '0')}0001`.padEnd(84, '0');

const recognitionData = (protocol: DomainState['protocol'], options: number): string => {
  const byte = (value: number) => value.toString(16).padStart(2, '0');
  const channel = `640b06092a864886fc6b04${protocol === 'scp03' ? '03' : '02'}${byte(options)}`;
  const content = `06072a864886fc6b01600c060a2a864886fc6b02020301${channel}`;
  const inner = `73${byte(content.length / 2)}${content}`;
  return `66${byte(inner.length / 2)}${inner}`;
};
