import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { MediumVolume } from '../../../native/drivers/media-driver.ts';

export type Stop = 'before' | 'cut-short' | 'after';

/** An SD card's file system in memory that can be pulled out at its n-th change. */
export class MemoryVolume implements MediumVolume {
  readonly slot = 'memory';
  readonly identity;
  readonly files = new Map<string, Uint8Array>();
  /** Every change made, in order: `write BANKCARD/…` or `remove BANKCARD/…`. */
  readonly changes: string[] = [];
  coldReads = 0;
  /** What the medium itself has, where that differs from what was written; shown after `makeCold`. */
  readonly badSectors = new Map<string, Uint8Array>();
  #stop: { at: number; how: Stop } | undefined;
  #removed = false;

  constructor(text = 'SN1|cid1|1024|ABCD-1234') {
    this.identity = { text, serial: 'SN1', cid: 'cid1', sizeBytes: 1024 };
  }

  /** The n-th change from now (1 is the next) ends with the card pulled out. */
  stopAt(change: number, how: Stop): void {
    this.#stop = { at: this.changes.length + change, how };
  }

  /** The card is put back in, with what was on it. */
  insertAgain(): void {
    this.#removed = false;
    this.#stop = undefined;
  }

  freeBytes(): Promise<Result<number>> {
    return Promise.resolve(this.#removed ? removed() : ok(1_000_000));
  }

  list(folder: string): Promise<Result<readonly string[]>> {
    if (this.#removed) return Promise.resolve(removed());
    return Promise.resolve(ok([...this.files.keys()].filter((path) => path.startsWith(`${folder}/`))));
  }

  read(path: string): Promise<Result<Uint8Array>> {
    if (this.#removed) return Promise.resolve(removed());
    const bytes = this.files.get(path);
    return Promise.resolve(bytes === undefined ? fail('medium-file-missing', { path }) : ok(bytes));
  }

  write(path: string, bytes: Uint8Array): Promise<Result<void>> {
    return Promise.resolve(
      this.#change(
        `write ${path}`,
        () => this.files.set(path, bytes),
        () => this.files.set(path, bytes.subarray(0, Math.floor(bytes.length / 2))),
      ),
    );
  }

  remove(path: string): Promise<Result<void>> {
    if (!this.#removed && !this.files.has(path)) return Promise.resolve(ok());
    return Promise.resolve(
      this.#change(
        `remove ${path}`,
        () => this.files.delete(path),
        () => undefined,
      ),
    );
  }

  makeCold(): Promise<Result<void>> {
    this.coldReads += 1;
    for (const [path, bytes] of this.badSectors) this.files.set(path, bytes);
    return Promise.resolve(this.#removed ? removed() : ok());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #change(name: string, whole: () => unknown, half: () => unknown): Result<void> {
    if (this.#removed) return removed();
    if (this.#stop?.at === this.changes.length + 1) {
      this.#removed = true;
      if (this.#stop.how === 'after') whole();
      if (this.#stop.how === 'cut-short') half();
      return removed();
    }
    this.changes.push(name);
    whole();
    return ok();
  }
}

const removed = (): ReturnType<typeof fail> => fail('medium-removed');
