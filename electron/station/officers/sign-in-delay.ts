const freeTries = 3;
const longestSeconds = 900;

/** How long the next try has to wait after so many failures in a row: 0 0 2 4 8 … 900 seconds. Nobody is locked out for good. */
export const signInDelaySeconds = (failures: number): number =>
  failures < freeTries ? 0 : Math.min(longestSeconds, 2 ** Math.min(20, failures - freeTries + 1));
