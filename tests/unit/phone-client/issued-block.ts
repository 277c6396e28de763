import { readCredential } from '../../../native/applications/sd/index.ts';
import type { Credential } from '../../../resources/phone-client/credential/credential.ts';
import type { IssuedContent } from '../sd/issued-content.ts';

/** The text of the credential block in a client, as a browser would hand it to the program. */
export const blockOf = (client: Uint8Array): string =>
  /id="cardwright-credential">(.*)<\/script>/.exec(new TextDecoder().decode(client))?.[1] ?? '';

/** The block of a card with some fields changed. */
export const blockWith = (content: IssuedContent, changes: Partial<Credential>): string => {
  if (!readCredential(content.client).ok) throw new Error('not a client');
  return JSON.stringify({ ...(JSON.parse(blockOf(content.client)) as Credential), ...changes });
};
