import { useState } from 'react';
import type { Locale } from '../../../electron/shared/contract/index.ts';
import type { CallState } from '../../bridge/index.ts';

/** Prints on demand and remembers where the file went. */
export function usePrintedPath(print: CallState<'issuance.printReceipt'>): {
  readonly path: string | undefined;
  start(runId: string, locale: Locale): void;
} {
  const [path, setPath] = useState<string>();
  return {
    path,
    start(runId, locale) {
      void print.run({ runId, locale }).then((result) => {
        if (result.ok) setPath(result.value.path);
      });
    },
  };
}
