/** One page on the screen. `close` stops what it listens to. */
export interface Page {
  readonly body: HTMLElement;
  close(): void;
}
