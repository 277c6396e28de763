import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** What a card is by its answer to reset: the plug-in of a phone and the card in a wallet speak the same. */
export interface CardProfiles {
  kindOf(atr: Uint8Array): 'sim' | 'smart-card';
  /** Makers whose cards vouch for the keys they have made. */
  readonly attestationRoots: readonly X509Certificate[];
}

const profile = z.object({
  name: z.string(),
  /** Hex; `..` stands for any byte, and a `*` at the end for any rest. */
  atr: z.string().regex(/^([0-9a-f]{2}|\.\.)+\*?$/),
  kind: z.enum(['sim', 'smart-card']),
});

/** `resources/card-profiles`: the cards, and their makers' certificates (`attestation-roots`, PEM). Fault: database-damaged, when the installation's file is not what it should be. */
export function readCardProfiles(resourcesFolder: string): Result<CardProfiles> {
  const file = join(resourcesFolder, 'card-profiles', 'card-profiles.json');
  const parsed = z.array(profile).safeParse(readJson(file));
  if (!parsed.success) return fail('database-damaged', { file });
  const attestationRoots = readRoots(join(resourcesFolder, 'card-profiles', 'attestation-roots'));
  if (attestationRoots === undefined) return fail('database-damaged', { file: 'attestation-roots' });
  const known = parsed.data.map(({ atr, kind }) => ({
    pattern: new RegExp(`^${atr.replace(/\*$/, '.*')}$`),
    kind,
  }));
  return ok({
    attestationRoots,
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
