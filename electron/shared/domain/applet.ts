import { z } from 'zod';

/** An application identifier: 5 to 16 bytes (ISO/IEC 7816-5), lower-case hex. */
export const aid = z.string().regex(/^([0-9a-f]{2}){5,16}$/);
const hexBytes = z.string().regex(/^([0-9a-f]{2})*$/);
/** Of a Java Card package: major and minor, a byte each. */
export const appletVersion = z
  .string()
  .regex(/^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/)
  .refine((text) => text.split('.').every((part) => Number(part) <= 255));

/** A Java Card package as the bank supplies it: what it is, for which cards, and which version they shall have. */
export const appletPackage = z.strictObject({
  /** For the screen. */
  name: z.string().min(1).max(60),
  packageAid: aid,
  version: appletVersion,
  /** An older one must not stay on a card; when absent, it may. */
  minimumVersion: appletVersion.optional(),
  /** SHA-256 of the CAP file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Answers to reset, hex; `..` stands for any byte, and a `*` at the end for any rest. */
  cards: z.array(z.string().regex(/^([0-9a-f]{2}|\.\.)*\*?$/)).min(1),
  /** What is made from it on a card. */
  instances: z
    .array(
      z.strictObject({
        moduleAid: aid,
        instanceAid: aid,
        /** 1 or 3 bytes (GPCS 2.3.1 table 6-1). */
        privileges: z
          .string()
          .regex(/^([0-9a-f]{2}|[0-9a-f]{6})$/)
          .default('00'),
        /** Of its install method. */
        parameters: hexBytes.max(400).default(''),
      }),
    )
    .min(1)
    .max(16),
  /** Packages under other AIDs that this one takes the place of. */
  replaces: z.array(aid).max(8).default([]),
  /** A customer's keys or data are in it: on a card in use it is never replaced. */
  holdsCustomerData: z.boolean(),
  /** Lets the card check what it got; a signature needs one. */
  hash: z.enum(['sha-1', 'sha-256']).optional(),
  /** Signatures over that hash, by which security domains on the card approve of it (DAP, GPCS 2.3.1 C.3). */
  daps: z
    .array(z.strictObject({ domainAid: aid, signature: z.base64().min(4).max(2000) }))
    .max(4)
    .default([]),
});
export type AppletPackage = z.infer<typeof appletPackage>;

/** A package on a card as the bank's register has it. */
export const cardApplet = z.object({
  packageAid: aid,
  version: appletVersion,
  since: z.string(),
  officerId: z.string(),
  stationId: z.string(),
});
export type CardApplet = z.infer<typeof cardApplet>;

/**
 * required: older than the bank's minimum. newer: than what the bank has. unknown: the card does not tell its version.
 */
export const appletState = z.enum(['absent', 'required', 'outdated', 'current', 'newer', 'unknown']);
export type AppletState = z.infer<typeof appletState>;
