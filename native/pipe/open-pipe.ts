import type { ApduPipe } from './apdu-pipe.ts';
import { commandChaining } from './command-chaining.ts';
import { getResponse } from './get-response.ts';
import { linkPipe, type ByteLink } from './link-pipe.ts';
import { redactedTrace, type ApduListener } from './redacted-trace.ts';

/**
 * The usual stack on a leased card. Secure messaging wraps what this returns, since it protects the
 * whole command and the whole answer.
 *
 *     application → (secure messaging) → command chaining → 61xx/6Cxx → trace → card
 */
export const openPipe = (link: ByteLink, options: { trace?: ApduListener } = {}): ApduPipe => {
  const wire = linkPipe(link);
  const seen = options.trace === undefined ? wire : redactedTrace(wire, options.trace);
  return { ...commandChaining(getResponse(seen)), pinPad: link.pinPad };
};
