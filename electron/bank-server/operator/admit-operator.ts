import { ok, type Result } from '../../shared/result/index.ts';
import type { KeyForm } from '../../shared/codec/operator-keys/index.ts';
import { transact } from '../transactions/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { OperatorRow } from './operator-tables.ts';

export interface OperatorAgreement {
  readonly operatorId: string;
  readonly name: string;
  readonly form: KeyForm;
  /** The preset static key, 32 bytes, exchanged outside of this system. */
  readonly staticKey: Uint8Array;
  /** SHA-256 of the operator's client certificate (DER), hex. */
  readonly certificateSha256: string;
  /** Origin that takes key messages. */
  readonly keyChannel: string;
}

/** Writes down the agreement with an operator, or its change; keys that were exchanged since stay. */
export const admitOperator = async (
  desk: OperatorDesk,
  agreement: OperatorAgreement,
): Promise<Result<void>> => {
  const row: OperatorRow = {
    operator_id: agreement.operatorId,
    name: agreement.name,
    form: agreement.form,
    certificate_sha256: agreement.certificateSha256,
    key_channel: agreement.keyChannel,
    static_key: await desk.atRest.seal(staticKeyName(agreement.operatorId), agreement.staticKey),
  };
  return transact(desk.db, async (tx) => {
    await tx
      .insertInto('operators')
      .values(row)
      .onConflict((conflict) => conflict.column('operator_id').doUpdateSet(row))
      .execute();
    return ok();
  });
};

/** Employee who may enter seeds. `publicKey`: SPKI, base64. */
export const admitOfficer = async (
  desk: OperatorDesk,
  officerId: string,
  publicKey: string,
): Promise<void> => {
  await desk.db
    .insertInto('operator_officers')
    .values({ officer_id: officerId, public_key: publicKey })
    .onConflict((conflict) => conflict.column('officer_id').doUpdateSet({ public_key: publicKey }))
    .execute();
};

export const findOperator = (desk: OperatorDesk, operatorId: string): Promise<OperatorRow | undefined> =>
  desk.db.selectFrom('operators').selectAll().where('operator_id', '=', operatorId).executeTakeFirst();

export const staticKeyOf = (desk: OperatorDesk, operator: OperatorRow): Promise<Result<Uint8Array>> =>
  desk.atRest.open(staticKeyName(operator.operator_id), operator.static_key);

const staticKeyName = (operatorId: string): string => `operators/${operatorId}/static-key`;
