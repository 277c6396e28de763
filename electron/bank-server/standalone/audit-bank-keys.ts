import { existsSync, readFileSync } from 'node:fs';
import { signedTreeHead, type SignedTreeHead } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { auditKeys } from '../audit/key-record.ts';
import type { Bank } from '../bank.ts';
import { writeDurably } from '../ca/write-durably.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/**
 * For a manager or an auditor: what happened to the bank's keys, proven against the bank's signature and against the
 * head that they kept from last time, which the new one then takes the place of.
 */
export const auditBankKeys = async (bank: Bank, { headFile }: StandaloneOptions): Promise<Result<object>> => {
  const kept = headFile !== undefined && existsSync(headFile) ? readHead(headFile) : ok(undefined);
  if (!kept.ok) return kept;
  const audited = await auditKeys(bank, kept.value);
  if (!audited.ok) return audited;
  const { records, head } = audited.value;
  if (headFile !== undefined) writeDurably(headFile, `${JSON.stringify(head)}\n`, 0o600);
  return ok({ kind: 'key-audit', records, head, ...(kept.value && { keptBefore: kept.value.size }) });
};

const readHead = (file: string): Result<SignedTreeHead> => {
  try {
    return ok(signedTreeHead.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch {
    return fail('bad-input', { field: 'head-file' });
  }
};
