/** The phone client as one HTML text with an empty credential block. */
export function buildPhoneClient(): Promise<string>;
