import { open } from 'node:fs/promises';
import type { BankIdentity } from '../bank.ts';
import type { Partner } from '../http/open-partner.ts';
import type { Destination } from './dispatch-notifications.ts';

/**
 * POSTs each notification as JSON, with its id as `Idempotency-Key` too. Any 2xx means that it is safe there;
 * everything else is tried again, later and later.
 */
export const httpDestination =
  (partner: Partner, { bankId }: BankIdentity): Destination =>
  async (message) => {
    const answer = await partner.send(
      'POST',
      '',
      { bankId, ...message },
      {
        'Idempotency-Key': message.notificationId,
      },
    );
    if (answer.kind === 'none') return answer.reason;
    return answer.status >= 200 && answer.status < 300 ? undefined : `status ${answer.status}`;
  };

/** Appends each as a line of JSON, on the disk before it counts as delivered. */
export const fileDestination =
  (file: string, { bankId }: BankIdentity): Destination =>
  async (message) => {
    try {
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.appendFile(`${JSON.stringify({ bankId, ...message })}\n`);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      return undefined;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'not written';
    }
  };
