import './page-gaps.ts';
import { createFakeStation, issueRun } from '../harness/fake-station/index.ts';
import { scenes } from './scenes.ts';

// The page has to care for itself.
Reflect.deleteProperty(globalThis, '__zod_globalConfig');

/**
 * Runs in the page before it: puts the port of a fake station where a host's preload would.
 * `__scene` is set by the photographer just before.
 */
interface Gallery {
  readonly __scene?: string;
  __do?: (what: string) => void;
  /** How often a call reached the station. */
  __calls?: (name: string) => number;
  cardwright?: unknown;
}

const page = globalThis as unknown as Gallery;
const scene = scenes.find((candidate) => candidate.name === page.__scene);
if (scene) {
  const station = createFakeStation(scene.station);
  const seat = scene.seat ?? 'officer';
  page.cardwright = { ...(seat === 'customer' ? station.customerPort : station.officerPort), seat };
  page.__calls = (name) => station.calls.filter((call) => call.name === name).length;
  page.__do = (what) => {
    const kind = scene.station.runs?.[0]?.subject.mediumKind ?? 'sim';
    station.putRun(issueRun({ kind, at: what }));
  };
}
