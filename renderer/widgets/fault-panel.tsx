import { useState } from 'react';
import type { RunView } from '../../electron/shared/contract/index.ts';
import type { Fault } from '../../electron/shared/result/index.ts';
import { useCall, useStationSnapshot } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';
import { ActionButton } from './action-button.tsx';
import { CardTalk } from './card-talk.tsx';
import { CodeText } from './code-text.tsx';
import { FaultNotice } from './fault-notice.tsx';
import classes from './fault-panel.module.css';
import { RemovalNotice } from './removal-notice.tsx';
import { StateMark } from './state-mark.tsx';

/** A run that has stopped: one sentence each, the one right next action, and what else may be done. */
export function FaultPanel({ run }: { run: RunView }) {
  const { t, fault: say, step, remedy: remedyFor } = useWords();
  const resume = useCall('runs.resume');
  const undo = useCall('runs.undo');
  const [leaving, setLeaving] = useState<'resume' | 'undo'>();
  const [talking, setTalking] = useState(false);
  const { officer } = useStationSnapshot();
  if (run.state.kind !== 'failed') return null;
  const { at, fault, left, mayResume, mayUndo } = run.state;
  const text = say(fault);
  const { remedy, label } = remedyFor(fault);
  const undoFirst = mayUndo && (remedy === 'compensate' || remedy === 'none' || !mayResume);
  const refused: Fault | undefined = resume.fault ?? undo.fault;

  const go = (which: 'resume' | 'undo') => {
    setLeaving(which);
    void (which === 'resume' ? resume : undo).run({ runId: run.runId }).then((result) => {
      if (!result.ok) setLeaving(undefined);
    });
  };
  const undoLabel = left.length === 0 ? t('fault.close') : mayResume ? t('fault.undo') : t('fault.undoAgain');

  return (
    <section
      className={classes.panel}
      role="alert"
      aria-label={t('fault.label')}
      data-testid="fault-panel"
      data-code={fault.code}
    >
      <div className={classes.head}>
        <StateMark mark="stop" size={30} />
        <div>
          <h1 className={classes.happened}>{text.happened}</h1>
          <p className={classes.at}>{t('fault.stoppedAt', { step: step(at).name })}</p>
        </div>
      </div>
      <p className={classes.means}>{text.means}</p>
      <p className={classes.todo}>{text.todo}</p>

      {refused ? <FaultNotice fault={refused} /> : null}

      <div className={classes.actions}>
        {mayResume && !undoFirst ? (
          <ActionButton
            rank="next"
            shortcut="F9"
            focus
            busy={leaving === 'resume'}
            disabled={leaving === 'undo'}
            testId="fault-remedy"
            onAct={() => {
              go('resume');
            }}
          >
            {label}
          </ActionButton>
        ) : null}
        {mayUndo ? (
          <ActionButton
            rank={undoFirst ? 'next' : 'other'}
            shortcut={undoFirst ? 'F9' : 'F4'}
            focus={undoFirst}
            busy={leaving === 'undo'}
            disabled={leaving === 'resume'}
            testId={undoFirst ? 'fault-remedy' : 'fault-undo'}
            onAct={() => {
              go('undo');
            }}
          >
            {undoLabel}
          </ActionButton>
        ) : null}
        {mayResume && undoFirst ? (
          <ActionButton
            rank="plain"
            busy={leaving === 'resume'}
            disabled={leaving === 'undo'}
            testId="fault-resume"
            onAct={() => {
              go('resume');
            }}
          >
            {t('fault.resume')}
          </ActionButton>
        ) : null}
      </div>

      {outOfReach.includes(fault.code) ? null : <RemovalNotice removal={run.removal} />}

      <div className={classes.facts}>
        <div>
          <h3 className={classes.title}>{t('fault.stands')}</h3>
          {left.length === 0 ? (
            <p className={classes.small}>{t('fault.nothingStands')}</p>
          ) : (
            <>
              <ul className={classes.left}>
                {left.slice(0, 6).map((name) => (
                  <li key={name}>{step(name).name}</li>
                ))}
                {left.length > 6 ? <li>{t('fault.andMore', { count: left.length - 6 })}</li> : null}
              </ul>
              <p className={classes.small}>{mayResume ? t('fault.standsBody') : t('fault.undoHalf')}</p>
            </>
          )}
        </div>
        <div>
          <h3 className={classes.title}>{t('common.report')}</h3>
          <p data-testid="report-number">
            <CodeText value={`${run.runId} · ${fault.code}`} grouped={false} />
          </p>
          {Object.keys(fault.data).length > 0 ? (
            <details className={classes.details}>
              <summary>{t('fault.technical')}</summary>
              <dl>
                {Object.entries(fault.data).map(([name, value]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>
                      <CodeText value={String(value)} copy={false} grouped={false} />
                    </dd>
                  </div>
                ))}
              </dl>
            </details>
          ) : null}
        </div>
      </div>
      {officer?.role === 'technician' && run.subject.mediumKind !== 'sd-card' ? (
        talking ? (
          <CardTalk runId={run.runId} freshness={run.state.kind} />
        ) : (
          <div>
            <ActionButton
              small
              rank="plain"
              icon="search"
              shortcut="F7"
              testId="show-talk"
              onAct={() => {
                setTalking(true);
              }}
            >
              {t('trace.open')}
            </ActionButton>
          </div>
        )
      ) : null}
    </section>
  );
}

/** With these the card is out already; saying that it may be removed would sound like mockery. */
const outOfReach: readonly Fault['code'][] = ['card-removed', 'medium-removed', 'reader-gone', 'no-medium'];
