import type { IssueTools } from '../issue-tools.ts';
import { generateKey, signRequest } from './make-key.ts';
import { proveCard } from './prove-card.ts';
import { readBackCard } from './read-back-card.ts';
import { replaceKeys } from './replace-keys.ts';
import { setCardPin } from './set-card-pin.ts';
import { writeChain } from './write-chain.ts';
import { writeCardIdentity, writeCertificate, writeMarker, writeUserInfo } from './write-content.ts';

/** What happens on a SIM or smart card, in this order. Everything on it is taken back at once, by `set-card-pin`'s undo. */
export const simSteps = (tools: IssueTools) => ({
  setCardPin: setCardPin(tools),
  replaceKeys: replaceKeys(tools),
  generateKey: generateKey(tools),
  signRequest: signRequest(tools),
  writeCertificate: writeCertificate(tools),
  writeUserInfo: writeUserInfo(tools),
  writeChain: writeChain(tools),
  writeCardIdentity: writeCardIdentity(tools),
  writeMarker: writeMarker(tools),
  readBack: readBackCard(tools),
  prove: proveCard(tools),
});
