export type { Typed } from './reader/virtual-pin-pad.ts';
export { virtualPivCard, type VirtualPivCard, type VirtualPivCardState } from './card/virtual-piv-card.ts';
export {
  trainingSim,
  virtualBankCard,
  type VirtualBankCard,
  type VirtualBankCardOptions,
  type VirtualBankCardState,
} from './card/virtual-bank-card.ts';
export type { CardModel } from './card/card-model.ts';
export { simOf, type Subscription, type UiccState } from './applets/uicc/uicc-state.ts';
export { foreignCard } from './card/foreign-card.ts';
export { assembleCard, type VirtualCard } from './card/virtual-card.ts';
export { fileCardStore, memoryCardStore, type CardStore } from './card/card-store.ts';
export { virtualAtrs } from './card/atr.ts';
export { answer, status, type Applet } from './applets/applet.ts';
export { virtualCardDriver, type VirtualCardDriver } from './reader/virtual-card-driver.ts';
export type { CardScript, PullMoment } from './reader/card-script.ts';
export { virtualMediaDriver, type VirtualMediaDriver } from './medium/virtual-media-driver.ts';
export { createMedium, loadMedium, type NewMedium, type VirtualMedium } from './medium/virtual-medium.ts';
export type { MediumPullMoment, MediumScript } from './medium/medium-script.ts';
export { connectVpcd, type VpcdConnection } from './vpcd/connect-vpcd.ts';
export { openTrainingDrawer, type TrainingDrawer } from './drawer/training-drawer.ts';
export { trainingReaders, trainingSlots } from './drawer/first-day.ts';
