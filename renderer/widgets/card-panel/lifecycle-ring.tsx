import { nextCardStates, type CardState } from '../../../electron/shared/domain/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './lifecycle-ring.module.css';

/** The straight road of a card. Every other state lies beside it. */
const road: readonly CardState[] = [
  'blank',
  'reserved',
  'keyed',
  'certified',
  'written',
  'verified',
  'registered',
  'delivered',
  'active',
];

const size = 300;
const middle = size / 2;
const radius = 141;
const firstAngle = 128;
const lastAngle = 412;

/**
 * The life of a card as a ring, open at the bottom where its state stands in words. `at` is how far
 * along the road it has come; `state` may lie beside the road (interrupted, revoked, wiped…).
 */
export function LifecycleRing({ state, at }: { state: CardState | undefined; at: CardState | undefined }) {
  const { shared, t } = useWords();
  const reached = at === undefined ? -1 : road.indexOf(at);
  const beside = state !== undefined && !road.includes(state) && state !== 'prepared';
  const tone = beside ? toneOf(state) : 'good';
  return (
    <svg
      className={classes.ring}
      data-tone={tone}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={`${t('panel.lifecycle')}: ${state ? shared.cardStates[state].name : t('panel.unknownState')}`}
    >
      <path className={classes.road} d={arc(firstAngle, lastAngle)} />
      {reached > 0 ? <path className={classes.gone} d={arc(firstAngle, angleOf(reached))} /> : null}
      {road.map((stop, index) => {
        const [x, y] = pointAt(angleOf(index));
        const here = index === reached;
        return (
          <g key={stop} className={classes.stop} data-here={here} data-gone={index < reached}>
            <title>{explain(stop, index)}</title>
            <circle className={classes.reach} cx={x} cy={y} r="12" />
            {here ? <circle className={classes.halo} cx={x} cy={y} r="8.5" /> : null}
            <circle className={classes.dot} cx={x} cy={y} r={here ? 4.5 : 4} />
          </g>
        );
      })}
    </svg>
  );

  function explain(stop: CardState, index: number): string {
    const { name, means } = shared.cardStates[stop];
    if (state === undefined || index <= reached || nextCardStates(state).includes(stop))
      return `${name} – ${means}`;
    return t('panel.later', { state: shared.cardStates[state].name, next: name });
  }
}

const angleOf = (index: number): number =>
  firstAngle + (index * (lastAngle - firstAngle)) / (road.length - 1);

function pointAt(degrees: number): readonly [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [round(middle + radius * Math.cos(angle)), round(middle + radius * Math.sin(angle))];
}

function arc(from: number, to: number): string {
  const [x1, y1] = pointAt(from);
  const [x2, y2] = pointAt(to);
  return `M${x1} ${y1}A${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${x2} ${y2}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export function toneOf(state: CardState): 'good' | 'careful' | 'stop' | 'quiet' {
  switch (state) {
    case 'broken':
    case 'damaged':
    case 'lost':
    case 'revoked':
      return 'stop';
    case 'suspended':
    case 'expired':
      return 'careful';
    case 'blank':
    case 'prepared':
    case 'wiped':
    case 'destroyed':
      return 'quiet';
    default:
      return 'good';
  }
}
