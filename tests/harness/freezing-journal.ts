import { fail } from '../../electron/shared/result/index.ts';
import type { StationJournal } from '../../electron/station/journal/sqlite-journal.ts';

/** A journal that takes so many entries and then none: the disk of a process that is dead. */
export function freezingJournal(after: number | undefined) {
  let entries = 0;
  let frozen = false;
  return {
    count: () => entries,
    freeze() {
      frozen = true;
    },
    wrap: (journal: StationJournal): StationJournal => ({
      ...journal,
      open(header) {
        return frozen || after === 0 ? fail('storage-full') : journal.open(header);
      },
      append(runId, entry) {
        if (frozen || (after !== undefined && entries >= after)) {
          frozen = true;
          return fail('storage-full');
        }
        entries += 1;
        return journal.append(runId, entry);
      },
    }),
  };
}
