import type { BatchLane, BatchView, RunView } from '../../../electron/shared/contract/index.ts';
import { useCall, useRun, useStationSnapshot } from '../../bridge/index.ts';
import {
  ActionButton,
  allParts,
  CodeText,
  FaultNotice,
  Icon,
  MediumDrawing,
  plannedParts,
  ProgressLine,
  StateMark,
  useNow,
  useReaderName,
  type Mark,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { marks } from './counts.tsx';
import classes from './lane.module.css';

/** One reader: the card in it, how far it is, and what the hand has to do next. */
export function Lane({
  lane,
  number,
  batch,
  withKeys,
  mayAct,
}: {
  lane: BatchLane;
  number: number;
  batch: BatchView;
  /** The keys for a decision are this lane's. */
  withKeys: boolean;
  mayAct: boolean;
}) {
  const { t } = useWords();
  const { readers } = useStationSnapshot();
  const nameOf = useReaderName();
  const run = useRun(lane.runId);
  const reader = readers.find((candidate) => candidate.reader === lane.reader);
  const outcome = lane.state === 'take-out' ? lane.last?.outcome : undefined;
  return (
    <li
      className={classes.lane}
      data-state={lane.state}
      data-outcome={outcome}
      data-testid={`lane-${lane.reader}`}
    >
      <header className={classes.head}>
        <span className={classes.number}>{number}</span>
        <h2 className={classes.name}>{reader ? nameOf(reader) : lane.reader}</h2>
        <span className={classes.ended} data-figures="">
          {t('batch.lane.ended', { count: lane.ended })}
        </span>
      </header>
      <Picture lane={lane} run={run} batch={batch} />
      <Says lane={lane} run={run} batch={batch} />
      {lane.state === 'decide' && run && mayAct ? (
        <Decide lane={lane} run={run} batchId={batch.batchId} withKeys={withKeys} />
      ) : null}
    </li>
  );
}

/** The very card, or the slot that waits for one. */
function Picture({ lane, run, batch }: { lane: BatchLane; run: RunView | undefined; batch: BatchView }) {
  const { readers } = useStationSnapshot();
  const medium = readers.find((candidate) => candidate.reader === lane.reader)?.medium;
  if (lane.state === 'empty' || lane.state === 'gone')
    return (
      <div className={classes.slot} aria-hidden="true">
        <Icon name={lane.state === 'gone' ? 'devices' : 'arrow'} size={26} />
      </div>
    );
  const kind = run?.subject.mediumKind ?? lane.last?.kind ?? medium?.kind ?? 'unknown';
  const content =
    lane.state === 'take-out' && lane.last?.runId === lane.runId ? lane.last?.content : undefined;
  const full =
    batch.work === 'inspect' ? content === 'complete' : batch.work === 'wipe' && lane.state !== 'take-out';
  return (
    <div className={classes.picture}>
      <MediumDrawing
        kind={kind}
        print={{
          parts: full ? allParts(kind, 'done') : plannedParts(kind),
          serial: run?.subject.serial ?? medium?.serial,
        }}
      />
    </div>
  );
}

function Says({ lane, run, batch }: { lane: BatchLane; run: RunView | undefined; batch: BatchView }) {
  const { t, shared, fault, step, duration } = useWords();
  const working = lane.state === 'working';
  const now = useNow(250, working);
  const { last } = lane;
  const serial = run?.subject.serial ?? (lane.state === 'take-out' ? last?.serial : undefined);

  const said = ((): { mark: Mark; title: string; body: string; alert?: boolean } => {
    switch (lane.state) {
      case 'empty':
        return { mark: 'waiting', title: t('batch.lane.empty'), body: t('batch.lane.emptyBody') };
      case 'gone':
        return { mark: 'careful', title: t('batch.lane.gone'), body: t('batch.lane.goneBody') };
      case 'paused':
        return { mark: 'careful', title: t('batch.lane.paused'), body: t('batch.lane.pausedBody') };
      case 'working': {
        const state = run?.state;
        const title =
          state?.kind === 'working'
            ? step(state.step).doing
            : state?.kind === 'undoing'
              ? t('issue.undo.doing', { step: step(state.step).name })
              : t('batch.lane.begins');
        return { mark: 'working', title, body: t(`removal.${run?.removal ?? 'safe'}`) };
      }
      case 'decide': {
        const text = lane.fault && fault(lane.fault);
        return { mark: 'stop', title: text?.happened ?? '', body: text?.todo ?? '', alert: true };
      }
      case 'take-out':
        return over();
    }
  })();

  function over(): { mark: Mark; title: string; body: string } {
    const outcome = last?.outcome ?? 'good';
    const next = t(batch.phase === 'running' ? 'batch.lane.next' : 'batch.lane.takeOut');
    if (outcome === 'good' && batch.work === 'inspect' && last?.content) {
      const differing = last.differing ?? 0;
      const agrees = last.content === 'blank' || (last.content === 'complete' && differing === 0);
      const more =
        last.content === 'blank' || differing === 0
          ? ''
          : ` · ${t('reprovision.someDiffer', { count: differing })}`;
      return {
        mark: agrees ? 'good' : 'careful',
        title: `${t(`reprovision.content.${last.content}`)}${more}`,
        body: next,
      };
    }
    if (outcome === 'good') return { mark: 'good', title: shared.batches.works[batch.work].done, body: next };
    const why = last?.faultCode && fault({ code: last.faultCode, data: {} });
    const aside = outcome === 'quarantined' ? t('batch.lane.aside') : next;
    return {
      mark: marks[outcome],
      title: shared.batches.outcomes[outcome],
      body: [why?.happened, aside].filter((part) => part !== undefined).join(' '),
    };
  }

  const done = run?.steps.filter((progress) => progress.state === 'done').length ?? 0;
  const of = run?.steps.length ?? 0;
  return (
    <div className={classes.says} role={said.alert ? 'alert' : 'status'}>
      <p className={classes.state}>
        <StateMark mark={said.mark} size={22} />
        <span data-testid={`lane-state-${lane.reader}`}>{said.title}</span>
      </p>
      <p className={classes.body}>{said.body}</p>
      {serial === undefined ? null : (
        <p className={classes.serial}>
          <CodeText value={serial} copy={false} />
        </p>
      )}
      {working && of > 0 ? (
        <>
          <ProgressLine value={done + 0.4} of={of} label={t('issue.write.step', { n: done, m: of })} />
          <p className={classes.small} data-figures="">
            <span>{t('issue.write.step', { n: Math.min(done + 1, of), m: of })}</span>
            <span>{run ? duration(Math.max(0, now - Date.parse(run.startedAt))) : ''}</span>
          </p>
        </>
      ) : null}
    </div>
  );
}

/** The run stands: go on with the same card, take back what was done, or leave it for later. */
function Decide({
  lane,
  run,
  batchId,
  withKeys,
}: {
  lane: BatchLane;
  run: RunView;
  batchId: string;
  withKeys: boolean;
}) {
  const { t, remedy } = useWords();
  const resume = useCall('runs.resume');
  const undo = useCall('runs.undo');
  const aside = useCall('batches.setAside');
  const fault = resume.fault ?? undo.fault ?? aside.fault;
  if (run.state.kind !== 'failed') return null;
  const { mayResume, mayUndo } = run.state;
  const keys = (key: string) => (withKeys ? { shortcut: key } : {});
  const { label } = remedy(run.state.fault);
  // A wipe has nothing to take back: what the bank ended stays ended.
  const undoable = mayUndo && run.workflow === 'prepare-card';
  return (
    <div className={classes.decide}>
      {fault ? <FaultNotice fault={fault} /> : null}
      {mayResume ? (
        <ActionButton
          small
          rank="next"
          {...keys('F2')}
          busy={resume.busy}
          testId={`lane-resume-${lane.reader}`}
          onAct={() => void resume.run({ runId: run.runId })}
        >
          {label}
        </ActionButton>
      ) : null}
      {undoable ? (
        <ActionButton
          small
          {...keys('F6')}
          busy={undo.busy}
          testId={`lane-undo-${lane.reader}`}
          onAct={() => void undo.run({ runId: run.runId })}
        >
          {t('batch.lane.undo')}
        </ActionButton>
      ) : null}
      <ActionButton
        small
        rank="plain"
        {...keys('F7')}
        busy={aside.busy}
        testId={`lane-aside-${lane.reader}`}
        onAct={() => void aside.run({ batchId, reader: lane.reader })}
      >
        {t('batch.lane.setAside')}
      </ActionButton>
    </div>
  );
}
