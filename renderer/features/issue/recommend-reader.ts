import type { ReaderView } from '../../../electron/shared/contract/index.ts';
import type { MediumKind } from '../../../electron/shared/domain/index.ts';

/** A reader whose medium can be issued now. */
export interface UsableReader {
  readonly reader: ReaderView;
  readonly kind: MediumKind;
}

export function usableReader(reader: ReaderView): UsableReader | undefined {
  const { medium } = reader;
  if (!medium || medium.kind === 'unknown' || medium.refusals.length > 0 || reader.leasedBy !== undefined)
    return undefined;
  return { reader, kind: medium.kind };
}

/** The plain recommendation: the only one that can be used, else the first that is ready. */
export function recommendReader(
  readers: readonly ReaderView[],
): { readonly reader: string; readonly why: 'only' | 'first' } | undefined {
  const usable = readers.map(usableReader).filter((candidate) => candidate !== undefined);
  const [first] = usable;
  return first ? { reader: first.reader.reader, why: usable.length === 1 ? 'only' : 'first' } : undefined;
}
