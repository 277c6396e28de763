/** `undefined`: absent, or not JSON (JSON has no value that means the same). */
export const parseJson = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
};
