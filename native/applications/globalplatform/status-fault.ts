import { statusClass, statusText } from '../../../electron/shared/codec/index.ts';
import { fail, type Failed } from '../../../electron/shared/result/index.ts';

/**
 * The fault behind a status word, by its class: cards answer the same refusal with different words
 * (GPCS 2.3.1 table 11-10). `command` is the specification's name.
 */
export const statusFault = (command: string, sw: number): Failed => {
  const data = { command, sw: statusText(sw) };
  switch (statusClass(sw)) {
    case 'full':
      return fail('card-full', data);
    case 'not-found':
      return fail('card-object-missing', data);
    case 'unsupported':
      return fail('card-unsupported', data);
    default:
      return fail('card-status', { ...data, meaning: statusClass(sw) });
  }
};
