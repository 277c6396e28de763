import { ok, type Result } from '../../shared/result/index.ts';
import { announceIssuingKey, switchIssuingKey } from '../authority/roll-over.ts';
import type { Bank } from '../bank.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** The commands about the CA's issuing keys. */
export const rollCaKey = async (
  bank: Bank,
  { command, caAlgorithm, foundKey, officer }: StandaloneOptions,
): Promise<Result<object>> => {
  switch (command) {
    case 'announce-ca-key': {
      const next = foundKey === undefined ? { make: caAlgorithm } : { adopt: foundKey };
      const announced = await announceIssuingKey(bank, next, officer);
      return announced.ok ? ok({ kind: 'announced', ...announced.value }) : announced;
    }
    case 'switch-ca-key': {
      const switched = await switchIssuingKey(bank, officer);
      return switched.ok ? ok({ kind: 'switched', ...switched.value }) : switched;
    }
    default: {
      const keys = await bank.store.db
        .selectFrom('issuing_keys')
        .select(['key_id', 'name', 'state', 'made_at', 'made_by', 'current_since', 'serves_until'])
        .orderBy('made_at')
        .execute();
      return ok({ kind: 'ca-keys', keys });
    }
  }
};
