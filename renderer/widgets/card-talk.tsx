import { useState } from 'react';
import type { TraceLine } from '../../electron/shared/contract/index.ts';
import { useCall, useQuery, useStationSnapshot } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';
import { ActionButton } from './action-button.tsx';
import { apduName } from './apdu-name.ts';
import classes from './card-talk.module.css';
import { CodeText } from './code-text.tsx';
import { EmptyState } from './empty-state.tsx';
import { FaultNotice } from './fault-notice.tsx';
import { Loading } from './loading.tsx';
import { Notice } from './notice.tsx';
import { useReaderName } from './use-reader-name.ts';

const shown = 400;

/** What was said to the card and what it answered, for a technician; and the file for who mends it. */
export function CardTalk({
  runId,
  reader,
  freshness = '',
}: {
  runId?: string;
  reader?: string;
  /** Another one asks anew. */
  freshness?: string;
}) {
  const { t } = useWords();
  const asked = {
    limit: shown,
    ...(runId !== undefined && { runId }),
    ...(reader !== undefined && { reader }),
  };
  const { state } = useQuery('devices.trace', asked, freshness);
  const save = useCall('devices.saveDiagnostics');
  const [saved, setSaved] = useState<string>();
  return (
    <div className={classes.talk} data-testid="card-talk">
      <p className={classes.body}>{t('trace.body')}</p>
      {state.kind === 'loading' ? <Loading>{t('common.loading')}</Loading> : null}
      {state.kind === 'failed' ? <FaultNotice fault={state.fault} /> : null}
      {state.kind === 'ready' ? (
        <Talk lines={state.value.lines} withReader={reader === undefined && runId === undefined} />
      ) : null}
      {save.fault ? <FaultNotice fault={save.fault} /> : null}
      {saved === undefined ? null : (
        <Notice tone="good" title={t('trace.saved')} testId="diagnostics-saved">
          <p className={classes.path}>{saved}</p>
        </Notice>
      )}
      <div>
        <ActionButton
          small
          icon="print"
          shortcut="F8"
          busy={save.busy}
          testId="save-diagnostics"
          onAct={() => {
            void save.run(runId === undefined ? {} : { runId }).then((result) => {
              if (result.ok) setSaved(result.value.path);
            });
          }}
        >
          {t('trace.save')}
        </ActionButton>
      </div>
    </div>
  );
}

function Talk({ lines, withReader }: { lines: readonly TraceLine[]; withReader: boolean }) {
  const { t } = useWords();
  const exchanges = pairs(lines);
  if (exchanges.length === 0)
    return (
      <EmptyState icon="search" title={t('trace.empty')} testId="no-talk">
        {t('trace.emptyBody')}
      </EmptyState>
    );
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('trace.column.at')}</th>
            {withReader ? <th scope="col">{t('trace.column.reader')}</th> : null}
            <th scope="col">{t('trace.column.command')}</th>
            <th scope="col">{t('trace.column.data')}</th>
            <th scope="col">{t('trace.column.answer')}</th>
          </tr>
        </thead>
        <tbody>
          {exchanges.map((exchange) => (
            <Exchange key={exchange.command.number} {...exchange} withReader={withReader} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Pair {
  readonly command: TraceLine;
  readonly answer: TraceLine | undefined;
}

/** Lanes speak at the same time: an answer belongs to the last command at its own reader. */
function pairs(lines: readonly TraceLine[]): readonly Pair[] {
  const made: { command: TraceLine; answer: TraceLine | undefined }[] = [];
  for (const line of lines) {
    if (line.direction === 'command') made.push({ command: line, answer: undefined });
    else {
      const waiting = made.findLast(({ command }) => command.reader === line.reader);
      if (waiting && !waiting.answer) waiting.answer = line;
    }
  }
  return made;
}

function Exchange({ command, answer, withReader }: Pair & { withReader: boolean }) {
  const { t, time } = useWords();
  const { readers } = useStationSnapshot();
  const nameOf = useReaderName();
  const reader = readers.find((candidate) => candidate.reader === command.reader);
  const good = answer?.sw !== undefined && (answer.sw === '9000' || answer.sw.startsWith('61'));
  return (
    <tr data-good={good}>
      <td className={classes.quiet} data-figures="">
        {time(command.at)}
      </td>
      {withReader ? <td className={classes.quiet}>{reader ? nameOf(reader) : command.reader}</td> : null}
      <th scope="row">
        <span className={classes.name}>{apduName(command.header) ?? t('trace.other')}</span>{' '}
        <code className={classes.code}>{command.header}</code>
      </th>
      <td>
        <Data line={command} />
      </td>
      <td>
        {answer ? (
          <>
            <span className={classes.status}>
              <code className={classes.code}>{answer.sw ?? ''}</code> <Status sw={answer.sw} />
            </span>
            {answer.dataLength > 0 ? <Data line={answer} /> : null}
          </>
        ) : (
          t('trace.noAnswer')
        )}
      </td>
    </tr>
  );
}

function Data({ line }: { line: TraceLine }) {
  const { t } = useWords();
  if (line.dataLength === 0) return <span className={classes.quiet}>{t('trace.noData')}</span>;
  if (line.data === undefined)
    return <span className={classes.masked}>{t('trace.masked', { count: line.dataLength })}</span>;
  return <CodeText value={line.data} ends={12} copy={false} />;
}

function Status({ sw }: { sw: string | undefined }) {
  const { t } = useWords();
  const known: Readonly<Record<string, string>> = t('trace.sw', { returnObjects: true });
  if (sw === undefined) return <>{t('trace.noAnswer')}</>;
  if (sw.startsWith('63c')) return <>{t('trace.sw.63c', { left: Number.parseInt(sw.slice(3), 16) })}</>;
  if (sw.startsWith('61')) return <>{t('trace.sw.61')}</>;
  return <>{(Object.hasOwn(known, sw) ? known[sw] : undefined) ?? t('trace.sw.other')}</>;
}
