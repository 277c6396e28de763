export { uicc, type Pin1State, type UiccSession } from './uicc-session.ts';
export type { Iccid } from './files/iccid.ts';
export type { ServiceProvider } from './files/service-provider.ts';
export type { NumberPlan, NumberType, SubscriberNumber } from './files/subscriber-number.ts';
