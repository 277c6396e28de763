import { z } from 'zod';

/** What an officer's card signs for. */
export const officerActName = z.enum([
  'sign-in',
  'unlock',
  'release-from-quarantine',
  'leave-in-quarantine',
  'enrol-officer-card',
  'revoke-officer-card',
  'enter-officer',
  'give-start-password',
  'end-officer',
  'accept-key-record',
]);
export type OfficerActName = z.infer<typeof officerActName>;

/** One act of one officer, at one station, once. */
export const officerAct = z.object({
  act: officerActName,
  bankId: z.string().max(100),
  stationId: z.string().max(100),
  officerId: z.string().max(100),
  /** ISO 8601 UTC, the station's clock. */
  at: z.string().max(40),
  /** What it is about, in the order in which the screen shows it. */
  about: z
    .array(
      z.tuple([
        z
          .string()
          .regex(/^[a-z][a-z-]*$/)
          .max(40),
        z.string().max(400),
      ]),
    )
    .max(20),
});
export type OfficerAct = z.infer<typeof officerAct>;

/** An act with its proof: the UTF-8 of `text`, signed by the key of slot 9A. */
export const signedAct = z.object({
  text: z.string().min(1).max(8000),
  /** ECDSA over SHA-256 of the text, DER; base64. */
  signature: z.base64().min(4).max(400),
  /** Of the officer's card, DER; base64. */
  certificate: z.base64().min(4).max(8000),
});
export type SignedAct = z.infer<typeof signedAct>;

const firstLine = 'cardwright officer act, version 1';

/**
 * The canonical text: what the screen shows line by line is what is hashed. Each line is `name: value` and ends with
 * a line feed; control characters, quotes and backslashes of a value are escaped as in JSON, so that no value makes
 * a line of its own.
 *
 *     cardwright officer act, version 1
 *     act: release-from-quarantine
 *     bank: CW
 *     station: S-01
 *     officer: wangqiang
 *     time: 2026-03-12T06:32:00.000Z
 *     card: 02e3…
 */
export const officerActText = (act: OfficerAct): string =>
  [firstLine, ...officerActLines(act).map(([name, value]) => `${name}: ${oneLine(value)}`), ''].join('\n');

/** The lines of an act as a screen shows them; a name and its value each. */
export const officerActLines = ({
  act,
  bankId,
  stationId,
  officerId,
  at,
  about,
}: OfficerAct): readonly (readonly [string, string])[] => [
  ['act', act],
  ['bank', bankId],
  ['station', stationId],
  ['officer', officerId],
  ['time', at],
  ...about,
];

// JSON leaves U+007F to U+009F and the line separators as they are; a person may see a line break there.
const oneLine = (value: string): string =>
  JSON.stringify(value)
    .slice(1, -1)
    .replace(
      /[\u007f-\u009f\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );

/** Back from the text; undefined for what is not the canonical text of an act. */
export const parseOfficerAct = (text: string): OfficerAct | undefined => {
  const [first, ...lines] = text.split('\n');
  if (first !== firstLine) return undefined;
  const parts = lines.slice(0, -1).map((line) => /^([a-z][a-z-]*): (.*)$/.exec(line));
  const fields: [string, string][] = [];
  for (const part of parts) {
    const [, name, escaped] = part ?? [];
    if (name === undefined || escaped === undefined) return undefined;
    const value = unescaped(escaped);
    if (value === undefined) return undefined;
    fields.push([name, value]);
  }
  const [act, bank, station, officer, time, ...about] = fields;
  const parsed = officerAct.safeParse({
    act: act?.[1],
    bankId: bank?.[1],
    stationId: station?.[1],
    officerId: officer?.[1],
    at: time?.[1],
    about,
  });
  // One act has one text: whatever else reads alike is none.
  return parsed.success && officerActText(parsed.data) === text ? parsed.data : undefined;
};

const unescaped = (text: string): string | undefined => {
  try {
    return z.string().parse(JSON.parse(`"${text}"`));
  } catch {
    return undefined;
  }
};

/** About a release from quarantine; station and bank each make it from what they know. */
export const aboutRelease = (release: {
  readonly releaseId: string;
  readonly mediumIdentity: string;
  readonly finding: string;
  readonly askedBy: string;
  readonly reason: string;
  readonly note: string;
}): OfficerAct['about'] => [
  ['release', release.releaseId],
  ['card', release.mediumIdentity],
  ['finding', release.finding],
  ['found', release.reason],
  ['asked-by', release.askedBy],
  ['note', release.note],
];

/** About the enrolment of an officer's card. */
export const aboutEnrolment = (order: {
  readonly officerId: string;
  readonly name: string;
  readonly role: string;
  readonly branch: string;
  readonly mediumIdentity: string;
}): OfficerAct['about'] => [
  ['for', order.officerId],
  ['name', order.name],
  ['role', order.role],
  ['branch', order.branch],
  ['card', order.mediumIdentity],
];

/** About an officer who is entered at a station, given a new start password or ended there. */
export const aboutOfficer = (officer: {
  readonly officerId: string;
  readonly name: string;
  readonly role: string;
}): OfficerAct['about'] => [
  ['for', officer.officerId],
  ['name', officer.name],
  ['role', officer.role],
];

/** About the end of an officer's card. */
export const aboutRevocation = (order: {
  readonly certificateSha256: string;
  readonly officerId: string;
  readonly reason: string;
}): OfficerAct['about'] => [
  ['certificate', order.certificateSha256],
  ['of', order.officerId],
  ['reason', order.reason],
];

/** About a record of the bank's keys that does not go on from what a station saw, and becomes its new measure. */
export const aboutKeyRecord = (order: {
  /** Of the new beginning: its events, and the root of their tree in hex. */
  readonly size: number;
  readonly headHash: string;
  readonly seenBefore: { readonly size: number; readonly headHash: string; readonly at: string };
  readonly finding: string;
  readonly reference: string;
}): OfficerAct['about'] => [
  ['records', String(order.size)],
  ['head', order.headHash],
  ['seen-records', String(order.seenBefore.size)],
  ['seen-head', order.seenBefore.headHash],
  ['seen-at', order.seenBefore.at],
  ['finding', order.finding],
  ['reference', order.reference],
];
