import { randomUUID } from 'node:crypto';
import { officerActText, type OfficerAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** What was shown to an officer and waits for the signature, for a few minutes. That an act is done once is held by the bank. */
export interface PreparedActs {
  prepare(act: OfficerAct): string;
  /**
   * The very act that was shown, if it still says what is to be done. Fault: officer-act-expired.
   * @param wanted made anew from what is about to be done
   */
  take(actId: string, wanted: Omit<OfficerAct, 'at'>): Result<OfficerAct>;
}

/** Shorter than the bank takes a signature's time for now. */
const longestMs = 5 * 60_000;
const mostActs = 100;

export function preparedActs(now: () => Date): PreparedActs {
  const acts = new Map<string, OfficerAct>();
  return {
    prepare(act) {
      const [oldest] = acts.keys();
      if (acts.size >= mostActs && oldest !== undefined) acts.delete(oldest);
      const actId = randomUUID();
      acts.set(actId, act);
      return actId;
    },
    take(actId, wanted) {
      const act = acts.get(actId);
      if (!act) return fail('officer-act-expired');
      const isYoung = Math.abs(now().getTime() - Date.parse(act.at)) <= longestMs;
      const isSame = officerActText({ ...wanted, at: act.at }) === officerActText(act);
      if (isYoung && isSame) return ok(act);
      acts.delete(actId);
      return fail('officer-act-expired');
    },
  };
}
