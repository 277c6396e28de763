import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keyAlgorithm, type KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { atrPattern, keyRefusal, type SeenCard } from '../../../native/quirks/index.ts';

/** What is known of cards before one of them is asked for a key. */
export interface CardProfiles {
  /** By its answer to reset: the plug-in of a phone and the card in a wallet speak the same. */
  kindOf(atr: Uint8Array): 'sim' | 'smart-card';
  /** Why no key of this kind is made on it; `undefined`: nothing is known against it. */
  keyRefusalOf(card: SeenCard, algorithm: KeyAlgorithm): ReturnType<typeof keyRefusal>;
  /** Makers whose cards vouch for the keys they have made. */
  readonly attestationRoots: readonly X509Certificate[];
}

/** Hex; `..` stands for any byte, and a `*` at the end for any rest. */
const atr = z.string().regex(/^([0-9a-f]{2}|\.\.)+\*?$/);
const version = z.string().regex(/^\d+(\.\d+){1,2}$/);

const quirk = z.object({
  name: z.string(),
  atr,
  from: version.optional(),
  before: version.optional(),
  noKeys: z.array(z.object({ algorithm: keyAlgorithm, why: z.enum(['weak', 'not-there']) })).min(1),
});

const profile = z.object({
  name: z.string(),
  atr,
  kind: z.enum(['sim', 'smart-card']),
});

/**
 * `resources/card-profiles`: the cards, what is wrong with some (`card-quirks.json`), and their makers'
 * certificates (`attestation-roots`, PEM). Fault: database-damaged, when the installation's file is not what it
 * should be.
 */
export function readCardProfiles(resourcesFolder: string): Result<CardProfiles> {
  const file = join(resourcesFolder, 'card-profiles', 'card-profiles.json');
  const parsed = z.array(profile).safeParse(readJson(file));
  if (!parsed.success) return fail('database-damaged', { file });
  const quirksFile = join(resourcesFolder, 'card-profiles', 'card-quirks.json');
  const quirks = z.array(quirk).safeParse(readJson(quirksFile));
  if (!quirks.success) return fail('database-damaged', { file: quirksFile });
  const attestationRoots = readRoots(join(resourcesFolder, 'card-profiles', 'attestation-roots'));
  if (attestationRoots === undefined) return fail('database-damaged', { file: 'attestation-roots' });
  const known = parsed.data.map(({ atr, kind }) => ({
    pattern: atrPattern(atr),
    kind,
  }));
  return ok({
    attestationRoots,
    keyRefusalOf: (card, algorithm) => keyRefusal(card, algorithm, quirks.data),
    kindOf(atr) {
      const hex = Buffer.from(atr).toString('hex');
      // A card nobody has described is a smart card: that is what PIV is on.
      return known.find(({ pattern }) => pattern.test(hex))?.kind ?? 'smart-card';
    },
  });
}

/** `undefined`: a file there is no certificate. None at all where the folder is not there. */
function readRoots(folder: string): X509Certificate[] | undefined {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pem'))
      .map((name) => new X509Certificate(readFileSync(join(folder, name))));
  } catch {
    return undefined;
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}
