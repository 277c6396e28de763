import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { parseCardText } from './card-text.ts';

/** Who the SIM is from, in the operator's words. */
export interface ServiceProvider {
  readonly name: string;
  /** The phone shall show the registered network beside it. */
  readonly showNetwork: boolean;
  readonly hideAbroad: boolean;
}

/** EF SPN (TS 31.102 §4.2.12): display condition | name. Faults: card-object-missing (empty), card-bad-answer. */
export const parseServiceProvider = (bytes: Uint8Array): Result<ServiceProvider> => {
  const [condition] = bytes;
  if (condition === undefined) return fail('card-bad-answer', { what: 'service-provider' });
  const name = parseCardText(bytes.subarray(1));
  if (name === undefined) return fail('card-bad-answer', { what: 'service-provider' });
  if (name === '') return fail('card-object-missing', { what: 'service-provider' });
  return ok({ name, showNetwork: (condition & 0x01) !== 0, hideAbroad: (condition & 0x02) !== 0 });
};
