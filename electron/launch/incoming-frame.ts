import type { Frame } from '../shared/contract/index.ts';

/** More than any call of the contract needs, and less than would hurt. */
const longestFrame = 1_000_000;

/**
 * What a screen may send, and nothing else: a call, as text of JSON. Anything that is not one is dropped
 * without an answer, since nobody honest sends it.
 */
export function incomingFrame(text: unknown): Frame | undefined {
  if (typeof text !== 'string' || text.length > longestFrame) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, id, name, input } = value as Readonly<Record<string, unknown>>;
  if (kind !== 'call' || typeof name !== 'string' || name.length > 100) return undefined;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0) return undefined;
  return { kind, id, name, input };
}
