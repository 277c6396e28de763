import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReaderView, RunView } from '../../../electron/shared/contract/index.ts';
import type { KeyAlgorithm } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import {
  ActionButton,
  EmptyState,
  FaultNotice,
  Loading,
  Page,
  StateMark,
  useCardPanel,
  useReaderName,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { aboutRun } from './about-run.ts';
import classes from './choose-medium.module.css';
import { recommendReader, usableReader } from './recommend-reader.ts';
import { StopRun } from './stop-run.tsx';

/** What is in the readers, which one to take, and why another one will not do. */
export function ChooseMedium({
  run,
  onOpenDrawer,
}: {
  run: RunView;
  onOpenDrawer: (() => void) | undefined;
}) {
  const { t, step } = useWords();
  const { readers } = useStationSnapshot();
  const answer = useCall('runs.answer');
  const recommended = recommendReader(readers);
  const [picked, setPicked] = useState<string>();
  const [algorithm, setAlgorithm] = useState<KeyAlgorithm>('p-256');
  const stillThere = readers.find((reader) => reader.reader === picked && usableReader(reader));
  const chosen = stillThere?.reader ?? recommended?.reader;
  const choice = readers.map(usableReader).find((usable) => usable?.reader.reader === chosen);
  const ask = run.state.kind === 'asking' ? run.state.ask : undefined;
  const list = useRef<HTMLFieldSetElement>(null);
  useCardPanel({ reader: chosen });

  useEffect(() => {
    list.current?.querySelector<HTMLInputElement>('input:checked')?.focus();
  }, [chosen]);

  const write = () => {
    if (!ask || !choice || answer.busy) return;
    void answer.run({
      runId: run.runId,
      askId: ask.askId,
      answer: { reader: choice.reader.reader, kind: choice.kind, algorithm },
    });
  };
  useShortcut('Enter', write, choice !== undefined);

  if (!ask)
    return (
      <Page title={t('issue.medium.title')} testId="choose-medium" eyebrow={aboutRun(t('issue.title'), run)}>
        <Loading>{run.state.kind === 'working' ? step(run.state.step).doing : t('common.loading')}</Loading>
      </Page>
    );
  const anything = readers.some((reader) => reader.medium !== undefined);
  return (
    <Page
      testId="choose-medium"
      eyebrow={aboutRun(t('issue.title'), run)}
      title={t('issue.medium.title')}
      body={t('issue.medium.body')}
      actions={
        <>
          <ActionButton
            rank="next"
            shortcut="F9"
            busy={answer.busy}
            disabled={!choice}
            testId="medium-write"
            onAct={write}
          >
            {t('issue.medium.write')}
          </ActionButton>
          <StopRun run={run} />
        </>
      }
    >
      {answer.fault ? <FaultNotice fault={answer.fault} /> : null}
      {anything ? null : (
        <EmptyState
          icon="empty"
          title={t('issue.medium.emptyTitle')}
          testId="insert-a-card"
          action={
            onOpenDrawer ? (
              <ActionButton onAct={onOpenDrawer} icon="drawer">
                {t('issue.medium.openDrawer')}
              </ActionButton>
            ) : undefined
          }
        >
          {t('issue.medium.emptyBody')}
        </EmptyState>
      )}
      <fieldset
        className={classes.readers}
        ref={list}
        onKeyDown={(event) => {
          if (event.key === 'Enter') write();
        }}
      >
        <legend className={classes.legend}>{t('issue.medium.choose')}</legend>
        {readers.map((reader) => (
          <ReaderChoice
            key={reader.reader}
            reader={reader}
            chosen={reader.reader === chosen}
            why={recommended?.reader === reader.reader ? recommended.why : undefined}
            onPick={() => {
              setPicked(reader.reader);
            }}
          />
        ))}
      </fieldset>
      {choice ? (
        <div className={classes.algorithm}>
          <span>
            <span className={classes.label}>{t('issue.medium.algorithm')}</span>
            <span className={classes.hint}>{t('issue.medium.algorithmHint')}</span>
          </span>
          <Algorithm value={algorithm} onChange={setAlgorithm} />
        </div>
      ) : null}
    </Page>
  );
}

function Algorithm({
  value,
  onChange,
}: {
  value: KeyAlgorithm;
  onChange: (algorithm: KeyAlgorithm) => void;
}) {
  const { t, shared } = useWords();
  return (
    <SegmentedControl
      aria-label={t('issue.medium.algorithm')}
      value={value}
      data={[
        { value: 'p-256', label: shared.algorithms['p-256'] },
        { value: 'p-384', label: shared.algorithms['p-384'] },
        { value: 'rsa-2048', label: shared.algorithms['rsa-2048'] },
      ]}
      onChange={(next) => {
        const chosen = algorithms.find((each) => each === next);
        if (chosen !== undefined) onChange(chosen);
      }}
      data-testid="algorithm"
    />
  );
}

const algorithms: readonly KeyAlgorithm[] = ['p-256', 'p-384', 'rsa-2048'];

const reissueWord = (reason: string): 'void' | 'over' => (reason === 'ten-failed-logins' ? 'void' : 'over');

function ReaderChoice({
  reader,
  chosen,
  why,
  onPick,
}: {
  reader: ReaderView;
  chosen: boolean;
  why: 'only' | 'first' | undefined;
  onPick: () => void;
}) {
  const { t, shared, fault, sentences, bytes } = useWords();
  const nameOf = useReaderName();
  const { medium } = reader;
  const usable = usableReader(reader) !== undefined;
  const refusal = medium?.refusals[0];
  const refused = refusal ? fault(refusal) : undefined;
  return (
    <label
      className={classes.reader}
      data-usable={usable}
      data-chosen={chosen}
      data-testid={`reader-${reader.reader}`}
    >
      <input
        type="radio"
        name="reader"
        value={reader.reader}
        checked={chosen}
        disabled={!usable}
        onChange={onPick}
        data-testid={`reader-${reader.reader}-pick`}
      />
      <span className={classes.what}>
        <span className={classes.kind}>
          {medium ? shared.mediumKinds[medium.kind] : t('issue.medium.emptyReader')}
        </span>
        <span className={classes.where}>
          {nameOf(reader)}
          {medium?.serial === undefined ? '' : ` · ${medium.serial}`}
          {medium?.sizeBytes !== undefined && medium.freeBytes !== undefined
            ? ` · ${t('issue.medium.free', { free: bytes(medium.freeBytes), size: bytes(medium.sizeBytes) })}`
            : ''}
        </span>
        {medium?.reissue ? (
          <span className={classes.why} data-testid="reissue">
            {t(`issue.medium.reissue.${reissueWord(medium.reissue.reason)}`, {
              cardId: medium.reissue.cardId,
            })}
          </span>
        ) : null}
        {refused ? (
          <span className={classes.refusal}>{sentences(refused.happened, refused.todo)}</span>
        ) : null}
        {why ? (
          <span className={classes.why}>
            {t(why === 'only' ? 'issue.medium.whyOnly' : 'issue.medium.whyFirst')}
          </span>
        ) : null}
      </span>
      <span className={classes.verdict} data-recommended={why !== undefined}>
        {medium === undefined ? null : reader.leasedBy !== undefined ? (
          <>
            <StateMark mark="working" />
            {t('issue.medium.leased')}
          </>
        ) : usable ? (
          <>
            <StateMark mark="good" />
            {why ? t('issue.medium.recommended') : t('issue.medium.ready')}
          </>
        ) : (
          <>
            <StateMark mark="careful" />
            {t('issue.medium.refused')}
          </>
        )}
      </span>
    </label>
  );
}
