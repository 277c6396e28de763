import type { CardInspection } from '../../shared/contract/index.ts';
import type { CardApplet } from '../../shared/domain/index.ts';
import { ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { mediumOf } from '../issuance/inspect-medium.ts';
import type { Readers, Recognised } from '../readers/readers.ts';
import { appletsFor, appletStateOf, decideUpgrade, inRegister, packageOnCard } from './applet-package.ts';
import { inOwnDomain } from './own-domain.ts';

type AppletView = NonNullable<CardInspection['applets']>[number];

/** How an applet stands on the card, and what the bank's register has of it. */
export interface InspectedApplet {
  readonly view: AppletView;
  readonly register: CardApplet | undefined;
}

/**
 * The bank's applets for this card. No channel is opened to a card for which the bank has none. `undefined`: the
 * card's domain is not the bank's. Faults: applet-damaged (what the bank supplies), those of the channel and of the
 * way to the bank.
 */
export async function inspectApplets(
  { bank, readers }: { readonly bank: BankClient; readonly readers: Readers },
  seen: Extract<Recognised, { takes: 'card' }>,
  { isCustomers, runId }: { readonly isCustomers: boolean; readonly runId: string | undefined },
): Promise<Result<readonly InspectedApplet[] | undefined>> {
  const supplied = await bank.call('findAppletPackages', {}, {});
  if (!supplied.ok) return supplied;
  const applets = appletsFor(supplied.value.packages, seen.atr);
  if (applets.length === 0) return ok(undefined);
  const { identity } = mediumOf(seen);
  const registry = await readers.useCard({ reader: seen.reader, identity, runId }, (card) =>
    inOwnDomain(card, bank, identity, (domain) => domain.readContent()),
  );
  if (!registry.ok) return isOfOthers(registry.fault) ? ok(undefined) : registry;
  const known = await bank.call('readCardApplets', { mediumIdentity: identity }, {});
  if (!known.ok) return known;
  return ok(
    applets.map(({ wanted }) => {
      const onCard = packageOnCard(registry.value, wanted);
      const decided = decideUpgrade(registry.value, wanted, isCustomers);
      const state = appletStateOf(onCard, wanted);
      // The package is there and nothing was made from it.
      const isIdle = state === 'current' && decided.ok && decided.value === 'possible';
      return {
        register: inRegister(known.value.applets, wanted),
        view: {
          packageAid: wanted.packageAid,
          name: wanted.name,
          state: isIdle ? 'absent' : state,
          ...(onCard?.version !== undefined && { onCard: onCard.version }),
          available: wanted.version,
          ...(!decided.ok && { refusal: decided.fault }),
        },
      };
    }),
  );
}

export const mayUpgradeApplet = ({ state, refusal }: AppletView): boolean =>
  refusal === undefined && (state === 'absent' || state === 'required' || state === 'outdated');

const isOfOthers = ({ code, data }: Fault): boolean =>
  code === 'card-unsupported' && data.what === 'secure-channel-keys';
