import { useState } from 'react';
import { nextCardStates, type CardState } from '../../../electron/shared/domain/index.ts';
import { useWords } from '../../words/index.ts';
import { CodeText } from '../code-text.tsx';
import { Icon } from '../icon.tsx';
import { KeyHint } from '../key-hint.tsx';
import { StateMark, type Mark } from '../state-mark.tsx';
import { useShortcut } from '../use-shortcut.ts';
import { cardParts, type PartState } from './card-parts.ts';
import classes from './card-panel.module.css';
import { LifecycleRing, toneOf } from './lifecycle-ring.tsx';
import { MediumDrawing } from './medium-drawing.tsx';
import { usePanelCard, type PanelCard } from './use-panel-card.ts';

/** The hero of the screen: the very card, what is on it, where it is in its life. */
export function CardPanel() {
  const { t, shared } = useWords();
  const card = usePanelCard();
  const [turned, setTurned] = useState(false);
  const turn = () => {
    setTurned((side) => !side);
  };
  useShortcut('Alt+T', turn, card !== undefined);

  return (
    <aside className={classes.panel} aria-label={t('panel.label')} data-testid="card-panel">
      {card ? (
        <>
          <header className={classes.head}>
            <div>
              <p className={classes.kind}>{shared.mediumKinds[card.kind]}</p>
              <p className={classes.where}>{card.readerLabel}</p>
            </div>
            <button
              type="button"
              className={classes.turn}
              onClick={turn}
              aria-pressed={turned}
              aria-keyshortcuts="Alt+T"
              data-testid="card-panel-turn"
            >
              <Icon name="turn" size={17} />
              <span>{t('panel.turnOver')}</span>
              <KeyHint keys="Alt T" />
            </button>
          </header>
          <div className={classes.hero}>
            <LifecycleRing state={card.state} at={card.reached} />
            <div className={classes.medium}>
              <MediumDrawing kind={card.kind} print={card} turned={turned} />
            </div>
          </div>
          <StateLine card={card} />
          <div className={classes.below}>{turned ? <Identity card={card} /> : <Content card={card} />}</div>
        </>
      ) : (
        <div className={classes.nothing}>
          <div className={classes.hero}>
            <LifecycleRing state={undefined} at={undefined} />
            <div className={classes.medium}>
              <div className={classes.slot} />
            </div>
          </div>
          <p className={classes.state}>{t('panel.empty')}</p>
          <p className={classes.means}>{t('panel.emptyBody')}</p>
        </div>
      )}
    </aside>
  );
}

function StateLine({ card }: { card: PanelCard }) {
  const { t, shared, fault } = useWords();
  const [asked, setAsked] = useState<CardState>();
  const refusal = card.refusals[0];
  if (card.content !== undefined && card.state === undefined)
    return (
      <div className={classes.stateBlock}>
        <p className={classes.state}>
          <StateMark mark="careful" />
          {t(`reprovision.content.${card.content}`)}
        </p>
        <p className={classes.means}>{t(`reprovision.contentBody.${card.content}`)}</p>
      </div>
    );
  if (refusal && card.state === undefined)
    return (
      <div className={classes.stateBlock}>
        <p className={classes.state}>
          <StateMark mark="careful" />
          {t('panel.unusable')}
        </p>
        <p className={classes.means}>{fault(refusal).happened}</p>
      </div>
    );
  if (card.state === undefined)
    return (
      <div className={classes.stateBlock}>
        <p className={classes.state}>
          <StateMark mark={card.usable ? 'good' : 'quiet'} />
          {card.usable ? t('panel.usable') : t('panel.unknownState')}
        </p>
        <p className={classes.means}>{card.usable ? t('panel.usableBody') : t('panel.unknownStateBody')}</p>
      </div>
    );
  const { name, means } = shared.cardStates[card.state];
  const next = nextCardStates(card.state).slice(0, 4);
  return (
    <div className={classes.stateBlock}>
      <p className={classes.state} data-testid="card-state" data-state={card.state}>
        <StateMark mark={markOf[toneOf(card.state)]} />
        {name}
      </p>
      <p className={classes.means}>
        {asked && next.includes(asked)
          ? `${shared.cardStates[asked].name}: ${shared.cardStates[asked].means}`
          : means}
      </p>
      {next.length > 0 && !card.running ? (
        <div className={classes.next}>
          <span>{t('panel.next')}</span>
          {next.map((state) => (
            <button
              key={state}
              type="button"
              className={classes.chip}
              aria-pressed={asked === state}
              onClick={() => {
                setAsked(asked === state ? undefined : state);
              }}
            >
              {shared.cardStates[state].name}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}

const markOf: Readonly<Record<ReturnType<typeof toneOf>, Mark>> = {
  good: 'good',
  careful: 'careful',
  stop: 'stop',
  quiet: 'quiet',
};

function Content({ card }: { card: PanelCard }) {
  const { t } = useWords();
  const parts = cardParts.filter((part) => card.parts[part] !== undefined);
  if (parts.length === 0) return null;
  return (
    <section>
      <h2 className={classes.title}>{t('panel.content')}</h2>
      <ul className={classes.parts}>
        {parts.map((part) => {
          const state: PartState = card.parts[part] ?? 'waiting';
          return (
            <li key={part} className={classes.part} data-state={state} data-testid={`card-part-${part}`}>
              <StateMark mark={state} size={16} />
              <span>{t(`panel.parts.${part}`)}</span>
              <span className={classes.word}>
                {card.inspected ? t(`reprovision.value.${inspectedWord[state]}`) : t(`state.${state}`)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const inspectedWord = {
  waiting: 'absent',
  working: 'absent',
  done: 'present',
  failed: 'differs',
  undone: 'absent',
} as const satisfies Record<PartState, string>;

function Identity({ card }: { card: PanelCard }) {
  const { t, bytes, step, time } = useWords();
  const rows: readonly (readonly [string, string | undefined, 'code' | 'text', number?])[] = [
    [t('panel.cardId'), card.cardId, 'code', 8],
    [t('panel.serial'), card.serial, 'code', 8],
    [t('panel.customer'), card.name, 'text'],
    [t('panel.account'), card.account, 'code'],
    [t('panel.certificate'), card.certificateSerial, 'code', 8],
    [t('panel.fingerprint'), card.certificateSha256, 'code', 8],
    [t('panel.atr'), card.atr, 'code', 8],
    [t('panel.size'), card.sizeBytes === undefined ? undefined : bytes(card.sizeBytes), 'text'],
    [t('panel.free'), card.freeBytes === undefined ? undefined : bytes(card.freeBytes), 'text'],
    [t('panel.fileSystem'), card.fileSystem, 'text'],
  ];
  return (
    <>
      <section>
        <h2 className={classes.title}>{t('panel.identity')}</h2>
        <dl className={classes.identity}>
          {rows.map(([label, value, as, ends]) =>
            value === undefined ? null : (
              <div key={label}>
                <dt>{label}</dt>
                <dd>
                  {as === 'code' ? (
                    <CodeText value={value} {...(ends === undefined ? {} : { ends })} />
                  ) : (
                    value
                  )}
                </dd>
              </div>
            ),
          )}
        </dl>
      </section>
      <section>
        <h2 className={classes.title}>{t('panel.history')}</h2>
        {card.history.length === 0 ? (
          <p className={classes.means}>{t('panel.noHistory')}</p>
        ) : (
          <ol className={classes.history}>
            {card.history.map((entry) => (
              <li key={entry.step}>
                <span>{step(entry.step).name}</span>
                <time dateTime={entry.at}>{time(entry.at)}</time>
              </li>
            ))}
          </ol>
        )}
      </section>
    </>
  );
}
