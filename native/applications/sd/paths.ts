/**
 * Where things lie on an SD card (DESIGN.md §5). Relative to the volume, with '/'.
 *
 *   BANKCARD/directory.json            which banks are on this card; an index, can be rebuilt
 *   BANKCARD/index.html                the same for the customer: the phone client's program with that list in it
 *   BANKCARD/<bank>/key.p8             PKCS#8, PBES2 under the card PIN
 *   BANKCARD/<bank>/certificate.cer    X.509, DER
 *   BANKCARD/<bank>/user-info.p7m      CMS, signed by the bank
 *   BANKCARD/<bank>/client.html        the phone client with this customer's credential
 *   BANKCARD/<bank>/manifest.p7s       CMS over the digests of the four above; written last
 */
export const cardFolder = 'BANKCARD';
export const directoryPath = `${cardFolder}/directory.json`;
export const startPagePath = `${cardFolder}/index.html`;

/** The files under the manifest, in the order they are written. */
export const sealedParts = ['key', 'certificate', 'user-info', 'client'] as const;
export type SealedPart = (typeof sealedParts)[number];

/** Everything that is written for one bank, in the order it is written. */
export const sdParts = [...sealedParts, 'directory', 'manifest'] as const;
export type SdPart = (typeof sdParts)[number];

export const partFiles = {
  key: 'key.p8',
  certificate: 'certificate.cer',
  'user-info': 'user-info.p7m',
  client: 'client.html',
  manifest: 'manifest.p7s',
} as const satisfies Record<SealedPart | 'manifest', string>;

/** FAT refuses these names with any extension; they would also be a surprise on a customer's own computer. */
const reservedNames = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

/** A bank's identifier is also its folder name: letters, digits and hyphens, at most 32. */
export const isBankId = (bankId: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/.test(bankId) && !reservedNames.test(bankId);

export const bankFolder = (bankId: string): string => `${cardFolder}/${bankId}`;

/** The client that an upgrade replaces, until the upgrade is over. No name that a phone would open. */
export const keptClientPath = (bankId: string): string => `${bankFolder(bankId)}/client.previous`;

export const partPath = (bankId: string, part: SealedPart | 'manifest'): string =>
  `${bankFolder(bankId)}/${partFiles[part]}`;
