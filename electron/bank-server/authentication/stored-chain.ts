import { z } from 'zod';
import { fromHex, parseUtf8, toHex, utf8 } from '../../shared/codec/index.ts';
import {
  bankChain,
  newBankChain,
  type BankChain,
  type ChainKeys,
} from '../../shared/codec/otp-chain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { BankTransaction } from '../store/store.ts';

/** A new chain of a card, sealed as the database keeps it. */
export const sealNewChain = async (
  bank: Bank,
  cardId: string,
  keys: ChainKeys,
): Promise<{ readonly keys: string; readonly state: string }> => ({
  keys: await bank.atRest.seal(`otp-chain/${cardId}/keys`, utf8(JSON.stringify(plainKeys(keys)))),
  state: await sealState(bank, newBankChain(cardId, keys)),
});

/** Whether two media went on with this card's chain: it answers nothing any more. */
export const isChainSuspended = async (
  bank: Bank,
  tx: BankTransaction,
  cardId: string,
): Promise<Result<boolean>> => {
  const stored = await readChain(bank, tx, cardId);
  return stored.ok ? ok(stored.value?.chain.suspended === true) : stored;
};

/** A card's chain as it lies in the database, opened. */
export interface StoredChain {
  readonly keys: ChainKeys;
  readonly chain: BankChain;
  readonly version: number;
}

/** undefined: this card has no chain. */
export const readChain = async (
  bank: Bank,
  tx: BankTransaction,
  cardId: string,
): Promise<Result<StoredChain | undefined>> => {
  const row = await tx.selectFrom('otp_chains').selectAll().where('card_id', '=', cardId).executeTakeFirst();
  if (row === undefined) return ok(undefined);
  const keys = await bank.atRest.open(`otp-chain/${cardId}/keys`, row.keys);
  if (!keys.ok) return keys;
  const state = await bank.atRest.open(`otp-chain/${cardId}/state`, row.state);
  if (!state.ok) return state;
  return ok({
    keys: chainKeys.parse(fromJson(keys.value)),
    chain: bankChain.parse(fromJson(state.value)),
    version: row.version,
  });
};

/** Fault: bank-busy, when another process moved it since it was read. */
export const writeChain = async (
  bank: Bank,
  tx: BankTransaction,
  chain: BankChain,
  version: number,
): Promise<Result<void>> => {
  const written = await tx
    .updateTable('otp_chains')
    .set({ state: await sealState(bank, chain), version: version + 1 })
    .where('card_id', '=', chain.chainId)
    .where('version', '=', version)
    .executeTakeFirst();
  // Another server process moved it at the same moment; nothing was done here.
  return written.numUpdatedRows === 1n ? ok() : fail('bank-busy');
};

const sealState = (bank: Bank, chain: BankChain): Promise<string> =>
  bank.atRest.seal(`otp-chain/${chain.chainId}/state`, utf8(JSON.stringify(chain)));

const bytes = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((hex) => fromHex(hex));
const chainKeys = z.object({ otp: bytes, bank: bytes, firstLink: z.string(), alarmLink: z.string() });

const plainKeys = ({ otp, bank, ...links }: ChainKeys) => ({ otp: toHex(otp), bank: toHex(bank), ...links });

/** Written by this file only; a damaged one did not pass its seal. */
const fromJson = (sealed: Uint8Array): unknown => JSON.parse(parseUtf8(sealed) ?? 'null');
