import { fail, type Failed } from '../../../shared/result/index.ts';

/** SQLSTATE of a PostgreSQL error, or the system's name of a connection's failure. */
const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
};

/** Run it again: serialization failure, deadlock. */
export const isSerializationFailure = (error: unknown): boolean => /^(40001|40P01)$/.test(codeOf(error));

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** The fault a database server's error stands for; undefined for a bug of ours. */
export const postgresFault = (error: unknown): Failed | undefined => {
  const code = codeOf(error);
  // disk full; damaged data or index
  if (code === '53100') return fail('storage-full', { where: 'bank' });
  if (/^XX00[12]$/.test(code)) return fail('database-damaged', { where: 'bank' });
  // wrong password or database, no right to it
  if (/^(28...|3D000|42501)$/.test(code)) return fail('bank-setup-invalid', { file: 'database', code });
  // no connection, too many of them, going down, or busy until the last try
  if (/^(08...|53...|57P0.|57014|40001|40P01|25P03)$/.test(code) || isConnectionLost(error, code))
    return fail('database-locked', { where: 'bank', reason: 'unreachable' });
  return undefined;
};

const isConnectionLost = (error: unknown, code: string): boolean =>
  /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)$/.test(code) ||
  // The driver gives these no code.
  (error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      error.message,
    ));
