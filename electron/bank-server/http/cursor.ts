import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/*
 * Lists come in pages. A cursor names the last row seen by what the list is sorted by (never by a number of
 * rows to skip), so a row that appears or goes meanwhile shifts nothing. It is base64url of JSON: the caller
 * hands it back as it came.
 */

const sortedBy = z.tuple([z.string().max(300), z.string().max(300)]);

export interface Place {
  /** What the list is sorted by, and the key that tells equals apart. */
  readonly value: string;
  readonly key: string;
}

export const cursorOf = ({ value, key }: Place): string =>
  Buffer.from(JSON.stringify([value, key])).toString('base64url');

/** Undefined without a cursor: the list's beginning. Fault: request-malformed. */
export const placeOf = (cursor: string | undefined): Result<Place | undefined> => {
  if (cursor === undefined) return ok(undefined);
  try {
    const [value, key] = sortedBy.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return ok({ value, key });
  } catch {
    return fail('request-malformed', { field: 'cursor' });
  }
};

/** A page of at most `most` out of one row more, and the cursor of the next where there is one. */
export const pageOf = <Row>(
  rows: readonly Row[],
  most: number,
  place: (row: Row) => Place,
): { readonly rows: readonly Row[]; readonly next?: string } => {
  const page = rows.slice(0, most);
  const last = page.at(-1);
  return rows.length > most && last !== undefined
    ? { rows: page, next: cursorOf(place(last)) }
    : { rows: page };
};
