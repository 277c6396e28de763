/** The training portraits are made with Node's Buffer; in a page this much of it is enough. */
const buffer = {
  from: (text: string) => ({
    toString: () => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
  }),
};
if (!('Buffer' in globalThis)) Object.assign(globalThis, { Buffer: buffer });

// The page's policy forbids code from strings, and this script begins before the policy does.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

export {};
