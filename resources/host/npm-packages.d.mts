/** Puts node_modules in the state that the lock file names. Returns false when that failed. */
export function npmPackages(root: string): boolean;
/** Why npm ci has to run, in words; undefined when it has not. `header` is what the PC/SC binding is built against. */
export function difference(root: string, header?: string): string | undefined;
