import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  bindOneTimeSecret,
  isOneTimeSecret,
  makeOneTimeSecret,
  shownCode,
  typedCode,
} from '../authority/one-time-secrets.ts';
import { isStationId } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';

type Admit = BankApi['admitFirstManager'];

/** No station has a name like this, so its password for the enrolment is another one. */
const ownerOf = (stationId: string): string => `first-manager:${stationId}`;

/**
 * The bank's own people let a station enter its first manager: a code for whoever installs it, shown here and nowhere
 * else, good for a week and for one officer. Fault: bad-input (no station's id).
 */
export const admitFirstManager = async (
  bank: Bank,
  stationId: string,
  by: string,
): Promise<Result<string>> => {
  if (!isStationId(stationId)) return fail('bad-input', { field: 'stationId' });
  const code = await makeOneTimeSecret(bank, ownerOf(stationId));
  bank.log.warn({ stationId, by }, 'the station may enter its first manager');
  return ok(shownCode(code));
};

/**
 * Whether the code is the one for this station. The same officer may come with it again, after a station that lost its
 * way between the bank's yes and its own register. Fault: first-manager-code-refused.
 */
export const checkFirstManagerCode = async (
  bank: Bank,
  { station: { stationId } }: Caller,
  { officerId, code }: RouteBody<Admit>,
): Promise<Result<RouteReply<Admit>>> => {
  const owner = ownerOf(stationId);
  const typed = typedCode(code);
  const isGood =
    (await isOneTimeSecret(bank, owner, typed)) && (await bindOneTimeSecret(bank, owner, officerId));
  bank.log.warn({ stationId, officerId, isGood }, 'a first manager is entered');
  return isGood ? ok({}) : fail('first-manager-code-refused');
};
