import { randomInt } from 'node:crypto';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applets/applet.ts';
import { appletBehindChannel } from '../applets/globalplatform/applet-behind-channel.ts';
import type { DomainState, Instance } from '../applets/globalplatform/domain-state.ts';
import { issuerDomainApplet } from '../applets/globalplatform/issuer-domain-applet.ts';
import { oathApplet } from '../applets/oath/oath-applet.ts';
import { freshOath, type OathState } from '../applets/oath/oath-state.ts';
import { pivApplet } from '../applets/piv/piv-applet.ts';
import { factoryPiv, type PivState } from '../applets/piv/piv-state.ts';
import { tearingPiv } from '../applets/piv/tearing.ts';
import { uiccApplet } from '../applets/uicc/uicc-applet.ts';
import { simOf, type UiccState } from '../applets/uicc/uicc-state.ts';
import { virtualAtrs } from './atr.ts';
import { factoryDomain, traitsOf, type CardModel } from './card-model.ts';
import { memoryCardStore, type CardStore } from './card-store.ts';
import { usualBusyMs } from './card-timing.ts';
import { assembleCard, type VirtualCard } from './virtual-card.ts';

export interface VirtualBankCardOptions {
  /** Where its memory is; a new one is written on first use. In memory when absent. */
  readonly store?: CardStore;
  /** The rest is for a new card only. */
  readonly model?: CardModel;
  /** With the files of a subscription. */
  readonly sim?: UiccState;
  readonly serial?: number;
  /** A package that its maker has put on it, and one instance of its only class. */
  readonly applet?: { readonly packageAid: string; readonly version: string; readonly instanceAid: string };
  /** Takes as long as a real card. */
  readonly delays?: boolean;
}

/** All that the card keeps; the same text that its store holds, parsed. */
export interface VirtualBankCardState {
  readonly format: 'cardwright-virtual-bank-card';
  readonly version: 1;
  readonly model: CardModel;
  readonly domain: DomainState;
  readonly piv: PivState;
  readonly oath: OathState;
  readonly uicc: UiccState | undefined;
}

export interface VirtualBankCard extends VirtualCard {
  readonly model: CardModel;
  readonly serial: number;
  /** For tests and for the training drawer: what is on the card now. */
  readonly state: VirtualBankCardState;
}

/**
 * A card with an issuer's domain: PIV, one-time passwords, the files of a SIM where it is one, and whatever
 * packages are loaded onto it. Keeps its memory like `virtualPivCard`. A store that holds something else throws.
 */
export const virtualBankCard = (options: VirtualBankCardOptions = {}): VirtualBankCard => {
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
  const { commitBuffer } = traitsOf[state.model];
  const issuerDomain = issuerDomainApplet(state.domain);
  const uicc = state.uicc && uiccApplet(state.uicc);
  const piv = appletBehindChannel(state.domain, (channelIsOpen) => {
    const applet = pivApplet(state.piv, state.model === 'scp-only' ? { managedBy: channelIsOpen } : {});
    return commitBuffer === undefined ? applet : tearingPiv(applet, state.piv, commitBuffer);
  });
  const oath = appletBehindChannel(state.domain, () => oathApplet(state.oath));
  const builtIn = [issuerDomain, piv, oath, ...(state.uicc?.generation === 'uicc' && uicc ? [uicc] : [])];
  const card = assembleCard({
    atr: uicc === undefined ? virtualAtrs.smartCard : virtualAtrs.sim,
    applets: () => [
      ...builtIn,
      ...state.domain.instances.filter(({ lifeCycle }) => (lifeCycle & 0x80) === 0).map(loadedApplet),
    ],
    commit,
    issuerDomain,
    ...(uicc !== undefined && { first: uicc }),
  });
  return {
    ...card,
    model: state.model,
    serial: state.piv.serial,
    state,
    ...(options.delays === true && { busyMs: usualBusyMs }),
  };
};

const newCard = ({ model = 'modern', sim, serial, applet }: VirtualBankCardOptions): VirtualBankCardState => {
  const number = serial ?? randomInt(10_000_000, 99_999_999);
  const domain = factoryDomain(model, String(number));
  if (applet) install(domain, applet);
  return {
    format: 'cardwright-virtual-bank-card',
    version: 1,
    model,
    domain,
    piv: factoryPiv({ serial: number, capacity: traitsOf[model].pivBytes }),
    oath: freshOath(),
    uicc: sim,
  };
};

const install = (
  domain: DomainState,
  { packageAid, version, instanceAid }: NonNullable<VirtualBankCardOptions['applet']>,
): void => {
  const versionBytes = version.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  domain.packages = [
    { aid: packageAid, version: versionBytes.join(''), modules: [instanceAid], length: 900 },
  ];
  domain.instances = [
    {
      aid: instanceAid,
      packageAid,
      moduleAid: instanceAid,
      privileges: '00',
      parameters: '',
      lifeCycle: 0x07,
      data: [],
    },
  ];
};

/** A SIM of a subscription that nobody has. */
export const trainingSim = (): UiccState =>
  simOf({
    iccid: '89860012345678901237',
    imsi: '460001234567890',
    number: '+8613800138000',
    provider: 'TRAINING MOBILE',
  });

/** What was loaded runs nothing here: it can be selected, and says no to everything. */
const loadedApplet = ({ aid }: Instance): Applet => ({
  aid: fromHex(aid),
  select: () => answer(status.done),
  process: () => answer(status.instructionUnknown),
  forget() {},
});

const parseState = (text: string): VirtualBankCardState => {
  const value = JSON.parse(text) as unknown;
  if (!isState(value)) throw new Error('This file holds no virtual bank card');
  return value;
};

/** Written by this program only, so the outside is enough. */
const isState = (value: unknown): value is VirtualBankCardState =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'cardwright-virtual-bank-card' &&
  'version' in value &&
  value.version === 1;
