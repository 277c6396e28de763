import type { Transaction } from 'kysely';
import { concatBytes } from '../../shared/codec/index.ts';
import { deriveWorkingKey, type WorkingKey } from '../../shared/codec/operator-keys/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { OperatorRow, OperatorTables } from './operator-tables.ts';

/**
 * With both seeds there (S3, 204): derives the working key, of which the bank keeps what it needs to wrap,
 * and makes the encryption-control key, 32 random bytes.
 */
export const makeControlKey = async (
  desk: OperatorDesk,
  tx: Transaction<OperatorTables>,
  operator: OperatorRow,
  epoch: number,
): Promise<Result<void>> => {
  const operatorId = operator.operator_id;
  const rows = await tx
    .selectFrom('operator_seeds')
    .select(['part', 'seed'])
    .where('operator_id', '=', operatorId)
    .where('epoch', '=', epoch)
    .orderBy('part')
    .execute();
  const seeds: Uint8Array[] = [];
  for (const row of rows) {
    const seed = await desk.atRest.open(seedName(operatorId, epoch, row.part), row.seed ?? '');
    if (!seed.ok) return seed;
    seeds.push(seed.value);
  }
  const [first, second] = seeds;
  if (!first || !second) return fail('seed-refused', { reason: 'order' });
  const partners = { bankId: desk.bankId, operatorId };
  const working = await deriveWorkingKey(desk.primitives, operator.form, partners, epoch, [first, second]);
  await tx
    .updateTable('operator_epochs')
    .set({
      state: 'sending',
      working_key: await desk.atRest.seal(workingName(operatorId, epoch), encodeWorkingKey(working)),
      control_key: await desk.atRest.seal(controlName(operatorId, epoch), desk.primitives.random(32)),
    })
    .where('operator_id', '=', operatorId)
    .where('epoch', '=', epoch)
    .execute();
  return ok();
};

/** The bank only wraps: of a pair it keeps the public key. secret (32) | public key (65 or none) */
const encodeWorkingKey = (key: WorkingKey): Uint8Array =>
  concatBytes(key.secret, key.publicKey ?? new Uint8Array(0));

export const decodeWorkingKey = (bytes: Uint8Array): WorkingKey =>
  bytes.length === 32 ? { secret: bytes } : { secret: bytes.slice(0, 32), publicKey: bytes.slice(32) };

export const seedName = (operatorId: string, epoch: number, part: number): string =>
  `operator_seeds/${operatorId}/${epoch}/${part}`;
export const workingName = (operatorId: string, epoch: number): string =>
  `operator_epochs/${operatorId}/${epoch}/working-key`;
export const controlName = (operatorId: string, epoch: number): string =>
  `operator_epochs/${operatorId}/${epoch}/control-key`;
