import type { Result } from '../../electron/shared/result/index.ts';

/** Training mode's drawer of virtual media, and the hands that move them between drawer and readers. */
export interface TrainingDevices {
  list(): Promise<Result<readonly TrainingItem[]>>;
  /** Faults: bad-input (no such item, or it does not fit there), reader-unknown, reader-busy. */
  insert(itemId: string, reader: string): Promise<Result<void>>;
  /** Takes out what is in it, also in the middle of a run; an empty reader is fine. Fault: reader-unknown. */
  remove(reader: string): Promise<Result<void>>;
  /** A fresh blank item, with a running number or a name of its own. Fault: bad-input (there is one of that name). */
  add(kind: TrainingKind, name?: TrainingItemName): Promise<Result<{ itemId: string }>>;
  /** Everything as on the first day: all items are taken out and made anew. */
  reset(): Promise<Result<void>>;
  /**
   * Pulls what is in the reader at its n-th operation from now (1: the next): before or after it took
   * effect, or in the middle of a write to an SD card. Fault: reader-unknown.
   */
  setPull(reader: string, operation: number, when: 'before' | 'during' | 'after'): Promise<Result<void>>;
  /** One fault to come. Faults: reader-unknown, bad-input (a fault that this medium cannot have). */
  setOverride(reader: string, override: TrainingOverride): Promise<Result<void>>;
  /** Takes back what `setPull` and `setOverride` have planned. Fault: reader-unknown. */
  clearPlans(reader: string): Promise<Result<void>>;
}

export type TrainingKind = 'sim' | 'smart-card' | 'sd-card';

export type TrainingItemName = Pick<TrainingItem, 'itemId' | 'label' | 'labelZh'>;

export interface TrainingItem {
  readonly itemId: string;
  readonly label: string;
  readonly labelZh: string;
  readonly takes: 'card' | 'sd-card';
  readonly kind: TrainingKind | 'unknown';
  /** The reader or slot it is in; absent: it lies in the drawer. */
  readonly inReader?: string;
}

export type TrainingOverride =
  | {
      /** The next command with this instruction byte gets this answer, and the card never sees it. */
      readonly kind: 'card-answer';
      readonly instruction: number;
      /** Hex with status word, or 'silence': the card never answers. */
      readonly answer: string;
    }
  | {
      /** A bad cell under the next file whose path ends like this. */
      readonly kind: 'bad-cell';
      readonly pathEnd: string;
      /** The write says so, or only a cold read finds it. */
      readonly how: 'io-error' | 'silent';
    };
