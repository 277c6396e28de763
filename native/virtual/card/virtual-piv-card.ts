import { pivApplet } from '../applets/piv/piv-applet.ts';
import { factoryPiv, type PivState } from '../applets/piv/piv-state.ts';
import { virtualAtrs } from './atr.ts';
import { memoryCardStore, type CardStore } from './card-store.ts';
import { assembleCard, type VirtualCard } from './virtual-card.ts';

export interface VirtualPivCardOptions {
  /** Where its memory is; a new one is written on first use. In memory when absent. */
  readonly store?: CardStore;
  readonly form?: 'smart-card' | 'sim';
  /** Printed on it; by chance when absent. For a new card only, as is `capacity`. */
  readonly serial?: number;
  /** Bytes for all data objects together. */
  readonly capacity?: number;
  /** It vouches for the keys it has made. */
  readonly attests?: boolean;
}

/** All that the card keeps; the same text that its store holds, parsed. */
export interface VirtualPivCardState {
  readonly format: 'cardwright-virtual-card';
  readonly version: 1;
  readonly form: 'smart-card' | 'sim';
  readonly piv: PivState;
}

export interface VirtualPivCard extends VirtualCard {
  readonly form: 'smart-card' | 'sim';
  readonly serial: number;
  /** For tests and for the training drawer: what is on the card now. */
  readonly state: VirtualPivCardState;
}

/**
 * A PIV token that keeps its memory in a store after every command, so that pulling it or killing the
 * process leaves exactly what was committed. A store that holds something else throws.
 */
export const virtualPivCard = (options: VirtualPivCardOptions = {}): VirtualPivCard => {
  const store = options.store ?? memoryCardStore();
  let kept = store.load();
  const state = kept === undefined ? newCard(options) : parseState(kept);
  const commit = (): void => {
    const text = JSON.stringify(state);
    if (text === kept) return;
    store.save(text);
    kept = text;
  };
  commit();
  const atr = state.form === 'sim' ? virtualAtrs.sim : virtualAtrs.smartCard;
  const card = assembleCard({ atr, applets: [pivApplet(state.piv)], commit });
  return { ...card, form: state.form, serial: state.piv.serial, state };
};

const newCard = (options: VirtualPivCardOptions): VirtualPivCardState => ({
  format: 'cardwright-virtual-card',
  version: 1,
  form: options.form ?? 'smart-card',
  piv: factoryPiv({
    ...(options.serial !== undefined && { serial: options.serial }),
    ...(options.capacity !== undefined && { capacity: options.capacity }),
    ...(options.attests !== undefined && { attests: options.attests }),
  }),
});

const parseState = (text: string): VirtualPivCardState => {
  const value = JSON.parse(text) as unknown;
  if (!isState(value)) throw new Error('This file holds no virtual card');
  return value;
};

/** Written by this program only, so the outside is enough. */
const isState = (value: unknown): value is VirtualPivCardState =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'cardwright-virtual-card' &&
  'version' in value &&
  value.version === 1 &&
  'piv' in value &&
  typeof value.piv === 'object';
