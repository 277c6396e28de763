import { z } from 'zod';
import { utf8 } from '../bytes.ts';
import { toHex } from '../hex.ts';
import type { Hmac } from '../hkdf/index.ts';
import type { ChainKeys } from './chain-keys.ts';
import type { MediumChain } from './chain-schemas.ts';

/*
 * A chain whose keys are on a SIM or smart card (S1), in its OATH application (YKOATH protocol), which computes
 * HMACs under keys that it never gives back:
 *
 *   credential            kind            what CALCULATE is asked for
 *   cw:<card>             TOTP, SHA-256,  OTP(n): the challenge is OCRA's data input (224 bytes), and the
 *                         8 digits        truncation of RFC 4226 that OCRA wants is the card's own
 *   cw:<card>:b           TOTP, SHA-256   the tag of the bank's challenges (over 32 bytes), whole; and the two
 *                                         fixed links
 *   cw:<card>|…           anything        never: its name is the state of the chain
 *
 * A chain that was begun anew is the next epoch of the card's, and its names begin with cw:<card>~2 (base 36). Until
 * the bank has put it in force both lie on the card; a challenge is answered by the one whose bank key made it.
 *
 * Why so. The keys come onto the card inside a secure channel and stay there, so a terminal that has the card for a
 * moment can answer one challenge and copy nothing. The state has to travel with the card, since a SIM is used in
 * more than one terminal, and one that kept it would make the next one look like a copy. The application has no data
 * objects, and PIV's can be written by the bank only; what a holder can write and read is the name of a
 * credential. The state holds no secret: one-time passwords that are used up, and the one that is on its way to the
 * bank, worthless without the card's signature beside it.
 */

/** The chain a card begins with; each that is begun anew counts one more. */
export const FIRST_EPOCH = 1;

/** Names of a card's credentials. */
export const chainCredential = (cardId: string, epoch = FIRST_EPOCH) => {
  const head = headOf(cardId, epoch);
  return { otp: head, bank: `${head}:b` };
};

const headOf = (cardId: string, epoch: number): string =>
  epoch === FIRST_EPOCH ? `cw:${cardId}` : `cw:${cardId}~${epoch.toString(36)}`;

/** Epochs of a card's chains that are there with both keys, the newest first. */
export const chainEpochsIn = (names: readonly string[], cardId: string): readonly number[] =>
  [...new Set(names.map((name) => epochOf(name, cardId)))]
    .filter((epoch) => epoch !== undefined)
    .filter((epoch) => Object.values(chainCredential(cardId, epoch)).every((name) => names.includes(name)))
    .sort((one, other) => other - one);

/** The epoch that a credential of this card's chains belongs to, keys and state alike; `undefined`: it is none of them. */
export const epochOf = (name: string, cardId: string): number | undefined => {
  const head = /^[^|]*?(?=\||:b$|$)/.exec(name)?.[0] ?? '';
  if (head === headOf(cardId, FIRST_EPOCH)) return FIRST_EPOCH;
  const counted = /~([0-9a-z]{1,6})$/.exec(head)?.[1];
  const epoch = Number.parseInt(counted ?? '', 36);
  return head === headOf(cardId, epoch) && epoch > FIRST_EPOCH ? epoch : undefined;
};

/** Anything of any chain of this house. */
export const isChainCredential = (name: string): boolean => name.startsWith('cw:');

/** With the links that the card itself can compute, under the bank key. */
export const cardChainKeys = async (hmac: Hmac, keys: ChainKeys): Promise<ChainKeys> => {
  const link = async (label: Uint8Array) => toHex(await hmac('sha256', keys.bank, label));
  return { ...keys, firstLink: await link(firstLinkLabel), alarmLink: await link(alarmLinkLabel) };
};

// No challenge begins like these: what the bank vouches for is JSON.
export const firstLinkLabel = utf8('cardwright/otp-chain/v1|first-link');
export const alarmLinkLabel = utf8('cardwright/otp-chain/v1|alarm-link');
/** What both credentials hash to show that they hold the right key. */
export const checkLabel = utf8('cardwright/otp-chain/v1|check');

/** The first bytes of each key's HMAC over `checkLabel`, hex: they tell keys apart and nothing more. */
export const chainCheckValues = z.object({
  otp: z.string().regex(/^[0-9a-f]{6}$/),
  bank: z.string().regex(/^[0-9a-f]{6}$/),
});
export type ChainCheckValues = z.infer<typeof chainCheckValues>;
export const checkValueOf = (mac: Uint8Array): string => toHex(mac.subarray(0, 3));

/** At most 64 bytes: `cw:<card>|seen|confirmed.link[|pending.link]`, numbers in base 36, `-` for the first link. */
export const encodeChainState = (
  { chainId, seen, confirmed, pending }: MediumChain,
  firstLink: string,
  epoch = FIRST_EPOCH,
): string => {
  const link = ({ serial, value }: MediumChain['confirmed']) =>
    `${serial.toString(36)}.${value === firstLink ? '-' : value}`;
  const links = [link(confirmed), ...(pending ? [link(pending)] : [])];
  return [headOf(chainId, epoch), seen.toString(36), ...links].join('|');
};

/** The newest state among the names of a card's credentials; `undefined`: none was written yet. */
export const readChainState = (
  names: readonly string[],
  chainId: string,
  firstLink: string,
  epoch = FIRST_EPOCH,
): MediumChain | undefined =>
  names
    .map((name) => parseState(name, chainId, firstLink, epoch))
    .filter((state) => state !== undefined)
    .sort((one, other) => other.seen - one.seen)[0];

/** Names that hold a state of this chain, whichever. */
export const isStateName = (name: string, chainId: string, epoch = FIRST_EPOCH): boolean =>
  name.startsWith(`${headOf(chainId, epoch)}|`);

const parseState = (
  name: string,
  chainId: string,
  firstLink: string,
  epoch: number,
): MediumChain | undefined => {
  const [head, seen, confirmed, pending, ...rest] = name.split('|');
  if (head !== headOf(chainId, epoch) || seen === undefined || confirmed === undefined || rest.length > 0)
    return undefined;
  const [first, last] = [parseLink(confirmed, firstLink), pending && parseLink(pending, firstLink)];
  if (!/^[0-9a-z]{1,10}$/.test(seen) || first === undefined || (pending !== undefined && !last))
    return undefined;
  return { chainId, seen: Number.parseInt(seen, 36), confirmed: first, ...(last && { pending: last }) };
};

const parseLink = (text: string, firstLink: string): MediumChain['confirmed'] | undefined => {
  const parts = /^([0-9a-z]{1,10})\.(-|[0-9]{8})$/.exec(text);
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined;
  return { serial: Number.parseInt(parts[1], 36), value: parts[2] === '-' ? firstLink : parts[2] };
};
