import { fail, ok, type Failed, type Result } from '../../../../electron/shared/result/index.ts';
import type { SecuredDomain } from '../secured-domain.ts';
import {
  planUpgrade,
  type AppletPolicy,
  type AppletRelease,
  type UpgradeAction,
  type UpgradeRefusal,
} from './plan-upgrade.ts';

export interface UpgradeOptions {
  readonly policy?: AppletPolicy;
  /** A person has agreed that the applet's keys and data are lost. */
  readonly mayLoseData?: boolean;
  readonly onAction?: (action: UpgradeAction) => void;
  readonly onBlock?: (sent: number, total: number) => void;
}

/**
 * Brings the bank's applet to this release. After every action the content is read again and planned anew, so
 * that a call after a break goes on where the card stands; the last reading is the proof. `changed` is false
 * when there was nothing to do.
 * Faults: applet-newer-on-card, card-foreign (an AID belongs to somebody else), card-already-issued (data
 * would be lost and nobody agreed), card-status (locked instance), card-read-back-differs, and those of
 * `SecuredDomain`.
 */
export const upgradeApplet = async (
  domain: SecuredDomain,
  release: AppletRelease,
  options: UpgradeOptions = {},
): Promise<Result<{ readonly changed: boolean }>> => {
  // Every action brings the card nearer; one that does not would be done over and over.
  const most = 2 + 2 * release.instances.length + (release.replaces?.length ?? 0);
  for (let round = 0; round <= most; round++) {
    const content = await domain.readContent();
    if (!content.ok) return content;
    const plan = planUpgrade(content.value, release, options.policy);
    if (plan.kind === 'up-to-date') return ok({ changed: round > 0 });
    if (plan.kind === 'refused') return upgradeRefusal(plan.why);
    if (plan.losesData && options.mayLoseData !== true)
      return fail('card-already-issued', { what: 'applet-data' });
    const [action] = plan.actions;
    if (action === undefined) break;
    options.onAction?.(action);
    const done = await perform(domain, release, action, options);
    if (!done.ok) return done;
  }
  return fail('card-read-back-differs', { what: 'applet' });
};

const perform = (
  domain: SecuredDomain,
  { cap, domainAid, hash, daps }: AppletRelease,
  action: UpgradeAction,
  { onBlock }: UpgradeOptions,
): Promise<Result<void>> => {
  switch (action.kind) {
    case 'delete':
      return domain.delete(action.aid, { related: action.related });
    case 'load':
      return domain.load(cap, {
        ...(domainAid === undefined ? {} : { domainAid }),
        ...(hash === undefined ? {} : { hash }),
        ...(daps === undefined ? {} : { daps }),
        ...(onBlock === undefined ? {} : { onBlock }),
      });
    case 'install':
      return domain.install(action.instance);
  }
};

/** The fault of a plan that is refused. */
export const upgradeRefusal = (why: UpgradeRefusal): Failed => {
  switch (why) {
    case 'newer-on-card':
      return fail('applet-newer-on-card');
    case 'foreign-instance':
      return fail('card-foreign', { what: 'applet' });
    case 'instance-locked':
      return fail('card-status', { what: 'applet-locked' });
  }
};
