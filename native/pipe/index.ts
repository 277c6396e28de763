export type { ApduPipe, CardApplication, SendOptions } from './apdu-pipe.ts';
export { openPipe } from './open-pipe.ts';
export { linkPipe, type ByteLink } from './link-pipe.ts';
export { commandChaining } from './command-chaining.ts';
export { getResponse } from './get-response.ts';
export {
  redactedTrace,
  isPublicCommand,
  type ApduListener,
  type ApduTrace,
  type IsPublic,
} from './redacted-trace.ts';
