/** One line for each thing that is done, so that nobody wonders what a first start is waiting for. */
export function progress(what, detail = '') {
  process.stdout.write(`  ${what}${detail === '' ? '' : `  ${detail}`}\n`);
}

/** Runs `work` between "…" and its outcome with the time it took. */
export async function step(what, work) {
  const started = Date.now();
  progress(`${what} …`);
  const detail = await work();
  progress(`${what}: ${detail ?? 'done'}`, `(${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
