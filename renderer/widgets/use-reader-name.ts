import { useCallback } from 'react';
import type { ReaderView } from '../../electron/shared/contract/index.ts';
import { useStationSnapshot } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';

/** A real reader has its maker's name; those of training mode are numbered in the officer's language. */
export function useReaderName(): (reader: ReaderView) => string {
  const { t } = useWords();
  const { readers } = useStationSnapshot();
  return useCallback(
    (reader) => {
      if (!reader.virtual) return reader.label;
      const alike = readers.filter((other) => other.virtual && other.takes === reader.takes);
      const n = alike.findIndex((other) => other.reader === reader.reader) + 1;
      return t(reader.takes === 'card' ? 'strip.reader' : 'strip.slot', { n });
    },
    [t, readers],
  );
}
