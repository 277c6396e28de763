import { z } from 'zod';

const file = z.string().min(1);
const port = z.number().int().min(0).max(65_535);
const name = z.string().min(1).max(64);

/** How the operator platform is started: no secrets, only the files they are in. */
export const operatorOptions = z.object({
  dataFolder: file,
  operatorId: name,
  name,
  nameLatin: name,
  /** There is no other way to know a phone's SIM here than to ask: this program is for training. */
  training: z.literal(true),
  /** 0 or absent: a free one. */
  phonePort: port.optional(),
  bankPort: port.optional(),
  /** Of its two servers, and as client of the banks; PEM. */
  identity: z.object({ keyFile: file, certificateFile: file }),
  banks: z.array(
    z.object({
      bankId: name,
      name,
      nameLatin: name,
      form: z.enum(['symmetric', 'asymmetric']),
      origin: z.url(),
      /** 32 bytes in hex, mode 0600. */
      staticKeyFile: file,
      /** Certificates that the bank's server may have, or their authority's; PEM. */
      trustFile: file,
      clientSha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  subscribers: z.array(
    z.object({
      imsi: z.string().regex(/^[0-9]{14,15}$/),
      phoneNumber: z.string().regex(/^\+[0-9]{6,15}$/),
      label: name,
      labelLatin: name,
    }),
  ),
  logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug']).optional(),
});
export type OperatorOptions = z.infer<typeof operatorOptions>;
