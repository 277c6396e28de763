import type { TrainingItem, TrainingKind } from '../../drivers/training-devices.ts';
import type { CardModel } from '../card/card-model.ts';
import type { NewMedium } from '../medium/virtual-medium.ts';
import type { PastLife } from './past-lives.ts';

/** What an item is made of when it is new. */
export type Blank =
  | {
      readonly made: 'piv-card';
      readonly form: 'sim' | 'smart-card';
      readonly capacity?: number;
      readonly past?: PastLife;
    }
  /** With an issuer's domain: its keys are the maker's until the bank changes them. */
  | {
      readonly made: 'bank-card';
      readonly model: CardModel;
      readonly withSubscription?: boolean;
      /** Comes with the training bank's applet in its first version. */
      readonly withApplet?: boolean;
    }
  | { readonly made: 'foreign-card' }
  | { readonly made: 'sd-card'; readonly medium: NewMedium; readonly files?: readonly string[] };

export type DrawerItem = Omit<TrainingItem, 'inReader'> & { readonly blank: Blank };

/** Readers and slots of training mode. */
export const trainingReaders = ['Training Reader 1', 'Training Reader 2'] as const;
export const trainingSlots = [
  { slot: 'Training SD Slot 1', label: 'Training SD Slot 1' },
  { slot: 'Training SD Slot 2', label: 'Training SD Slot 2' },
] as const;

/** The package that the training bank supplies a newer version of. */
export const trainingApplet = {
  packageAid: 'f04357000101',
  version: '1.0',
  instanceAid: 'f0435700010101',
} as const;

/** A fresh item of a kind with its running number. */
export const newItem = (kind: TrainingKind, number: number): DrawerItem => {
  const { label, labelZh } = names[kind];
  return {
    itemId: `${kind}-${number}`,
    label: `${label} ${number}`,
    labelZh: `${labelZh} ${number}`,
    takes: kind === 'sd-card' ? 'sd-card' : 'card',
    kind,
    blank: kind === 'sd-card' ? { made: 'sd-card', medium: {} } : { made: 'piv-card', form: kind },
  };
};

/** What lies in the drawer on the first day: good ones, and one of each that must be refused. */
export const firstDay = (): readonly DrawerItem[] => [
  newItem('sim', 1),
  newItem('sim', 2),
  newItem('smart-card', 1),
  newItem('sd-card', 1),
  newItem('sd-card', 2),
  {
    itemId: 'sd-card-with-photos',
    label: "SD card with the customer's photos",
    labelZh: '存有客户照片的 SD 卡',
    takes: 'sd-card',
    kind: 'sd-card',
    blank: {
      made: 'sd-card',
      medium: { otherBytes: 2_100_000_000 },
      files: ['DCIM/100CANON/IMG_0001.JPG', 'DCIM/100CANON/IMG_0002.JPG', 'Documents/recipe.txt'],
    },
  },
  {
    itemId: 'sd-card-locked',
    label: 'SD card, write-protected',
    labelZh: '写保护的 SD 卡',
    takes: 'sd-card',
    kind: 'sd-card',
    blank: { made: 'sd-card', medium: { writeProtected: true } },
  },
  {
    itemId: 'sd-card-nearly-full',
    label: 'SD card, nearly full',
    labelZh: '几乎已满的 SD 卡',
    takes: 'sd-card',
    kind: 'sd-card',
    blank: { made: 'sd-card', medium: { sizeBytes: 1_977_614_336, otherBytes: 1_977_598_000 } },
  },
  {
    itemId: 'smart-card-small',
    label: 'Smart card with too little memory',
    labelZh: '存储空间不足的智能卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'piv-card', form: 'smart-card', capacity: 700 },
  },
  {
    itemId: 'bank-card',
    label: 'Bank card from stock',
    labelZh: '库存银行卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'bank-card', model: 'modern', withApplet: true },
  },
  {
    itemId: 'bank-sim',
    label: 'SIM with a subscription, from stock',
    labelZh: '带号码的库存 SIM 卡',
    takes: 'card',
    kind: 'sim',
    blank: { made: 'bank-card', model: 'modern', withSubscription: true, withApplet: true },
  },
  {
    itemId: 'bank-card-scp-only',
    label: 'Bank card, personalised over SCP only',
    labelZh: '只能经 SCP 个人化的银行卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'bank-card', model: 'scp-only' },
  },
  {
    itemId: 'smart-card-other-bank',
    label: "Another bank's smart card",
    labelZh: '其他银行的智能卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'piv-card', form: 'smart-card', past: 'other-bank' },
  },
  {
    itemId: 'smart-card-issued',
    label: 'Smart card, issued already',
    labelZh: '已发出的智能卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'piv-card', form: 'smart-card', past: 'issued' },
  },
  {
    itemId: 'smart-card-blocked',
    label: 'Smart card, PIN blocked',
    labelZh: 'PIN 已锁的智能卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'piv-card', form: 'smart-card', past: 'pin-blocked' },
  },
  {
    itemId: 'smart-card-nearly-blocked',
    label: 'Smart card, one PIN try left',
    labelZh: 'PIN 只剩一次的智能卡',
    takes: 'card',
    kind: 'smart-card',
    blank: { made: 'piv-card', form: 'smart-card', past: 'pin-last-try' },
  },
  {
    itemId: 'foreign-card',
    label: 'City bus pass',
    labelZh: '公交卡',
    takes: 'card',
    kind: 'unknown',
    blank: { made: 'foreign-card' },
  },
];

const names: Record<TrainingKind, { label: string; labelZh: string }> = {
  sim: { label: 'SIM', labelZh: 'SIM 卡' },
  'smart-card': { label: 'Smart card', labelZh: '智能卡' },
  'sd-card': { label: 'SD card', labelZh: 'SD 卡' },
};
