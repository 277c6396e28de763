/**
 * The page's policy forbids code from strings. Schemas would try it once and be reported;
 * this tells them not to. Has to run before the first schema is made, so it is imported first.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

export {};
