import { Tooltip } from '@mantine/core';
import type { Connection, ReaderView } from '../../electron/shared/contract/index.ts';
import { useStationSnapshot } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';
import classes from './connection-strip.module.css';
import { StateMark, type Mark } from './state-mark.tsx';
import { useReaderName } from './use-reader-name.ts';

/** What is connected and what is not, always true: bank, clock, and every reader with what lies in it. */
export function ConnectionStrip() {
  const { t } = useWords();
  const { connection, readers } = useStationSnapshot();
  if (!connection) return null;
  return (
    <ul className={classes.strip} aria-label={t('strip.label')} data-testid="connection-strip">
      <BankItem connection={connection} />
      <ClockItem connection={connection} />
      {connection.devices === 'restarting' ? (
        <Item
          mark="careful"
          name={t('strip.program')}
          value={t('strip.restarting')}
          hint={t('strip.devicesRestarting')}
        />
      ) : null}
      {connection.pcsc === 'absent' ? (
        <Item mark="quiet" name={t('strip.pcsc')} value={t('strip.none')} hint={t('strip.pcscAbsent')} />
      ) : null}
      {connection.pcsc === 'restarting' ? (
        <Item
          mark="careful"
          name={t('strip.pcsc')}
          value={t('strip.restarting')}
          hint={t('strip.pcscRestarting')}
        />
      ) : null}
      {readers.map((reader) => (
        <ReaderItem key={reader.reader} reader={reader} />
      ))}
    </ul>
  );
}

function BankItem({ connection }: { connection: Connection }) {
  const { t, fault, time } = useWords();
  const { state, checkedAt } = connection.bank;
  const why = connection.bank.fault ? fault(connection.bank.fault).happened : undefined;
  return (
    <Item
      mark={bankMark[state]}
      name={t('strip.bank')}
      value={t(`strip.${state}`)}
      hint={`${connection.bank.name} · ${connection.bank.nameLatin} · ${why ?? time(checkedAt)}`}
      testId="strip-bank"
      state={state}
    />
  );
}

function ClockItem({ connection }: { connection: Connection }) {
  const { t } = useWords();
  if (connection.bank.state !== 'connected') return null;
  const offset = Math.round(connection.bank.clockOffsetMs / 1000);
  const seconds = Math.abs(offset);
  return (
    <Item
      mark={seconds > 300 ? 'stop' : seconds > 30 ? 'careful' : 'good'}
      name={t('strip.clock')}
      value={
        seconds < 2
          ? t('strip.clockExact')
          : t(offset > 0 ? 'strip.clockAhead' : 'strip.clockBehind', { seconds })
      }
      testId="strip-clock"
    />
  );
}

function ReaderItem({ reader }: { reader: ReaderView }) {
  const { t, shared, fault } = useWords();
  const nameOf = useReaderName();
  const refusal = reader.medium?.refusals[0];
  const mark: Mark =
    reader.leasedBy !== undefined
      ? 'working'
      : reader.medium === undefined
        ? 'quiet'
        : refusal
          ? 'careful'
          : 'good';
  return (
    <Item
      mark={mark}
      name={nameOf(reader)}
      value={reader.medium ? shared.mediumKinds[reader.medium.kind] : t('strip.empty')}
      hint={reader.leasedBy !== undefined ? t('strip.busy') : refusal ? fault(refusal).happened : undefined}
      testId={`strip-reader-${reader.reader}`}
    />
  );
}

function Item({
  mark,
  name,
  value,
  hint,
  testId,
  state,
}: {
  mark: Mark;
  name: string;
  value?: string;
  hint?: string | undefined;
  testId?: string;
  state?: string;
}) {
  const body = (
    <li className={classes.item} data-testid={testId} data-state={state}>
      <StateMark mark={mark} size={15} />
      <span className={classes.name}>{name}</span>
      {value === undefined ? null : <span className={classes.value}>{value}</span>}
    </li>
  );
  return hint ? <Tooltip label={hint}>{body}</Tooltip> : body;
}

const bankMark = {
  starting: 'working',
  connected: 'good',
  unreachable: 'stop',
  refused: 'stop',
} as const satisfies Record<Connection['bank']['state'], Mark>;
