import { z } from 'zod';

export const bankKeyEventKind = z.enum([
  'made',
  'announced',
  'adopted',
  'switched',
  'component-entered',
  'entered',
  'abandoned',
  'activated',
]);

/** What happened to one of the bank's own keys. Nothing of a key but its check value. */
export const bankKeyEvent = z.strictObject({
  at: z.string(),
  /** The CA's issuing keys, or the cards' master keys. */
  subject: z.enum(['issuing-key', 'master-key']),
  kind: bankKeyEventKind,
  /** Of an issuing key its id, of a master key its version. */
  key: z.string(),
  /** Where it is: label in the HSM, or file. */
  name: z.string().optional(),
  algorithm: z.string().optional(),
  /** Of the key or the component. */
  checkValue: z.string().optional(),
  /** The key that it takes over from. */
  before: z.string().optional(),
  officers: z.array(z.string()),
});
export type BankKeyEvent = z.infer<typeof bankKeyEvent>;

/** From a record's text; undefined for what is no event, or one that a newer bank knows. */
export const bankKeyEventFrom = (record: string): BankKeyEvent | undefined => {
  try {
    return bankKeyEvent.safeParse(JSON.parse(record)).data;
  } catch {
    return undefined;
  }
};

/** Under which the bank's security officers have the matter of a record that does not go on; stands in the log. */
export const keyRecordReference = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9 ./_-]{0,38}[A-Za-z0-9])?$/);
