/** Tags of data objects (SP 800-73-4 part 1, table 3) that this house reads and writes. Certificates: `slots.ts`. */
export const chuidObject = 0x5fc102;
export const cccObject = 0x5fc107;
export const discoveryObject = 0x7e;
export const keyHistoryObject = 0x5fc10c;
/** The issuer's signature over what has none of its own (`security-object.ts`). */
export const securityObject = 0x5fc106;
export const printedInformationObject = 0x5fc109;

/** Certificate of a card's attestation key, F9 (Yubico's extension). */
export const attestationObject = 0x5fff01;

/*
 * The bank's own objects lie outside the range of SP 800-73, where YubiKeys (5FFF00…5FFFFF) and JavaCard
 * applets take any content. A YubiKey in a Windows domain keeps its root certificates under the same
 * tags (Yubico minidriver, MSROOTS1 and 2), so the two uses of one card exclude each other.
 */

/** Written last: its presence makes the content of the card valid (`marker.ts`). */
export const markerObject = 0x5fff11;
/** The customer's information, CMS signed by the bank. */
export const userInfoObject = 0x5fff12;
