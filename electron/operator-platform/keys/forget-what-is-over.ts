import { ok, type Result } from '../../shared/result/index.ts';
import type { Operator } from '../operator.ts';
import { transact } from '../store/transact.ts';

/** Forgets keys of epochs whose time is over, and what belongs to sessions and dialogues that have ended. */
export const forgetWhatIsOver = (operator: Operator): Promise<Result<void>> =>
  transact(operator.db, async (tx) => {
    const now = operator.clock().toISOString();
    await tx
      .updateTable('key_epochs')
      .set({ state: 'retired', working_key: null, control_key: null })
      .where('state', '=', 'retiring')
      .where('retires_at', '<=', now)
      .execute();
    await tx.deleteFrom('phone_sessions').where('expires_at', '<=', now).execute();
    await tx
      .updateTable('dialogues')
      .set({ keys: '', enc: null })
      .where('expires_at', '<=', now)
      .where('pending', 'is', null)
      .execute();
    return ok();
  });
