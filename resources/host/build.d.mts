/** Builds the named parts whose sources changed since they were last built. */
export function buildStale(names: readonly ('renderer' | 'phoneClient' | 'electron')[]): Promise<void>;
