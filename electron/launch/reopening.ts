/**
 * Whether a page that crashed is to be opened again: five times in a minute and then no more, since a
 * page that crashes at once again and again keeps the machine busy and helps nobody.
 */
export function reopening(now: () => number = Date.now): () => boolean {
  let crashes: number[] = [];
  return () => {
    const time = now();
    crashes = [...crashes.filter((crash) => time - crash < 60_000), time];
    return crashes.length <= 5;
  };
}
