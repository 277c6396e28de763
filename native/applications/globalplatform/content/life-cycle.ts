/** States of the issuer's security domain, which are those of the whole card (GPCS 2.3.1 table 11-6). */
export type CardLifeCycle = 'op-ready' | 'initialized' | 'secured' | 'card-locked' | 'terminated' | 'unknown';

/** States of an application or a further security domain (GPCS 2.3.1 tables 11-4 and 11-5). */
export type ApplicationLifeCycle = 'installed' | 'selectable' | 'personalized' | 'locked' | 'unknown';

export const cardLifeCycle = (byte: number): CardLifeCycle => cardStates.get(byte) ?? 'unknown';

export const applicationLifeCycle = (byte: number): ApplicationLifeCycle => {
  if ((byte & 0x83) === 0x83) return 'locked';
  if (byte === 0x03) return 'installed';
  if ((byte & 0x87) !== 0x07) return 'unknown';
  // Bits 4 to 7 are the application's own; a security domain sets 0F when it is personalised.
  return byte === 0x07 ? 'selectable' : 'personalized';
};

const cardStates: ReadonlyMap<number, CardLifeCycle> = new Map([
  [0x01, 'op-ready'],
  [0x07, 'initialized'],
  [0x0f, 'secured'],
  [0x7f, 'card-locked'],
  [0xff, 'terminated'],
]);
