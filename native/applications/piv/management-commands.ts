import { putData } from './commands/data-object.ts';
import { generateKeyPair } from './commands/generate-key-pair.ts';
import { encodeCertificate } from './objects/certificate.ts';
import { certificateObject, type PivSlot } from './slots.ts';

/** What an issuer does, as commands for `PivCommands.send`: the same ones by either way of management. */
export const managementCommands = {
  generateKey: generateKeyPair,
  putObject: putData,
  writeCertificate: (slot: PivSlot, der: Uint8Array) =>
    putData(certificateObject(slot), encodeCertificate(der)),
} as const;
