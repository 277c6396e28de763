import { statusClass, statusText, triesLeftOf } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import type { CardApplication } from '../../pipe/index.ts';
import { openSimFiles, type Place, type SimFiles } from './file-system.ts';
import { parseIccid, type Iccid } from './files/iccid.ts';
import { parseImsi } from './files/imsi.ts';
import { parseServiceProvider, type ServiceProvider } from './files/service-provider.ts';
import { parseSubscriberNumber, type SubscriberNumber } from './files/subscriber-number.ts';

/**
 * The files of a SIM by which the bank binds a card to a subscription. Nothing is ever written.
 * Faults of every call: those of `CardLink.transmit`, card-pin-needed (PIN1 is on and has not been shown),
 * card-object-missing (no such file, or it was never filled), card-bad-answer, card-status.
 */
export interface UiccSession {
  /** `uicc`: a USIM of the third generation or later. `sim`: of the second. */
  readonly generation: 'uicc' | 'sim';
  /** Anybody may read it. */
  readIccid(): Promise<Result<Iccid>>;
  /** Behind PIN1. */
  readImsi(): Promise<Result<string>>;
  /** Behind PIN1; often empty, because operators do not fill it in. */
  readSubscriberNumbers(): Promise<Result<readonly SubscriberNumber[]>>;
  readServiceProvider(): Promise<Result<ServiceProvider | undefined>>;
  /** Costs no try. */
  readPin1(): Promise<Result<Pin1State>>;
  /**
   * 4 to 8 digits; the counter is read first. With one try left, or where the card does not tell how many, only
   * with a person's decision. Faults: bad-input (sim-pin), card-pin-last-try, card-pin-wrong {triesLeft},
   * card-pin-blocked.
   */
  verifyPin1(pin: string, decision?: { readonly lastTryConfirmedBy?: string }): Promise<Result<void>>;
}

export interface Pin1State {
  /** `undefined`: the card does not say. */
  readonly enabled: boolean | undefined;
  /** Already shown since power was given. */
  readonly verified: boolean;
  readonly triesLeft: number | undefined;
}

/** The USIM of a UICC (TS 102 221, TS 31.102), or the SIM application (TS 51.011) where there is none. */
export const uicc: CardApplication<UiccSession> = {
  name: 'uicc',
  aid: new Uint8Array([0xa0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02]),
  async open(pipe) {
    const files = await openSimFiles(pipe);
    return files.ok ? ok(sessionOn(files.value)) : files;
  },
};

const EF_ICCID = 0x2fe2;
const EF_IMSI = 0x6f07;
const EF_MSISDN = 0x6f40;
const EF_SPN = 0x6f46;

const sessionOn = (files: SimFiles): UiccSession => {
  const readFile = async (place: Place, file: number): Promise<Result<Uint8Array>> => {
    const control = await files.select(place, file);
    if (!control.ok) return control;
    const size = control.value?.size;
    return size === undefined ? missing(file) : files.readBinary(size);
  };

  const readNumbers = async (place: Place): Promise<Result<readonly SubscriberNumber[]>> => {
    const control = await files.select(place, EF_MSISDN);
    if (!control.ok) return control;
    const records = control.value?.records;
    if (records === undefined) return missing(EF_MSISDN);
    const numbers: SubscriberNumber[] = [];
    for (let number = 1; number <= records.count; number++) {
      const record = await files.readRecord(number, records.length);
      if (!record.ok) return record;
      const parsed = parseSubscriberNumber(record.value);
      if (!parsed.ok) return parsed;
      if (parsed.value !== undefined) numbers.push(parsed.value);
    }
    return ok(numbers);
  };

  const readPin1 = async (): Promise<Result<Pin1State>> => {
    const control = await files.select(files.generation === 'uicc' ? 'subscription' : 'top');
    if (!control.ok) return control;
    const enabled = control.value?.pin1Enabled;
    if (files.generation === 'sim')
      // A SIM takes an empty VERIFY for a wrong one, so its word in the answer to SELECT has to do.
      return ok({ enabled, verified: false, triesLeft: control.value?.pin1TriesLeft });
    const answer = await files.verifyPin1(undefined);
    if (!answer.ok) return answer;
    const { sw } = answer.value;
    if (sw === 0x9000) return ok({ enabled, verified: enabled !== false, triesLeft: undefined });
    const triesLeft = statusClass(sw) === 'blocked' ? 0 : triesLeftOf(sw);
    return ok({ enabled, verified: false, triesLeft });
  };

  const verifyPin1: UiccSession['verifyPin1'] = async (pin, decision = {}) => {
    if (!/^[0-9]{4,8}$/.test(pin)) return fail('bad-input', { field: 'sim-pin' });
    const state = await readPin1();
    if (!state.ok) return state;
    const { enabled, verified, triesLeft } = state.value;
    if (enabled === false || verified) return ok();
    if (triesLeft === 0) return fail('card-pin-blocked', { which: 'sim' });
    if ((triesLeft === undefined || triesLeft === 1) && decision.lastTryConfirmedBy === undefined)
      return fail('card-pin-last-try', { which: 'sim' });
    const bytes = new Uint8Array(8).fill(0xff);
    for (let at = 0; at < pin.length; at++) bytes[at] = pin.charCodeAt(at);
    const answer = await files.verifyPin1(bytes);
    if (!answer.ok) return answer;
    return answer.value.sw === 0x9000 ? ok() : pinFault(answer.value.sw, triesLeft);
  };

  return {
    generation: files.generation,
    async readIccid() {
      const bytes = await readFile('top', EF_ICCID);
      return bytes.ok ? parseIccid(bytes.value) : bytes;
    },
    async readImsi() {
      const bytes = await readFile('subscription', EF_IMSI);
      return bytes.ok ? parseImsi(bytes.value) : bytes;
    },
    async readSubscriberNumbers() {
      const own = await readNumbers('subscription');
      // The file moved from the folder of telephony to that of the subscription with the USIM.
      if (own.ok || own.fault.code !== 'card-object-missing') return own;
      const shared = await readNumbers('telecom');
      return shared.ok || shared.fault.code !== 'card-object-missing' ? shared : ok([]);
    },
    async readServiceProvider() {
      const bytes = await readFile('subscription', EF_SPN);
      const provider = bytes.ok ? parseServiceProvider(bytes.value) : bytes;
      return provider.ok || provider.fault.code !== 'card-object-missing' ? provider : ok(undefined);
    },
    readPin1,
    verifyPin1,
  };
};

const missing = (file: number) => fail('card-object-missing', { file: file.toString(16) });

/** 9804 and 9840 are the words of SIMs of the second generation. */
const pinFault = (sw: number, triesBefore: number | undefined): Failed => {
  if (sw === 0x9840 || statusClass(sw) === 'blocked' || triesLeftOf(sw) === 0)
    return fail('card-pin-blocked', { which: 'sim' });
  if (sw === 0x9804 || statusClass(sw) === 'tries-left') {
    const triesLeft = triesLeftOf(sw) ?? (triesBefore === undefined ? undefined : triesBefore - 1);
    return fail('card-pin-wrong', { which: 'sim', ...(triesLeft === undefined ? {} : { triesLeft }) });
  }
  return fail('card-status', { command: 'VERIFY', sw: statusText(sw), meaning: statusClass(sw) });
};
