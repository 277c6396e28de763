import { useState } from 'react';
import type { Connection, ReaderView } from '../../../electron/shared/contract/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import {
  ActionButton,
  CardTalk,
  CodeText,
  EmptyState,
  FaultNotice,
  Page,
  StateMark,
  useReaderName,
  type Mark,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './devices-place.module.css';

/** What is connected, what lies in it, and whether it can be used. */
export function DevicesPlace() {
  const { t } = useWords();
  const { readers, connection, officer } = useStationSnapshot();
  const restart = useCall('devices.restart');
  const [talking, setTalking] = useState(false);
  return (
    <Page
      wide
      testId="devices"
      title={t('devices.title')}
      body={t('devices.body')}
      aside={
        officer?.role === 'technician' ? (
          <ActionButton
            icon="reprovision"
            busy={restart.busy}
            testId="devices-restart"
            onAct={() => void restart.run({})}
          >
            {t('devices.restart')}
          </ActionButton>
        ) : undefined
      }
    >
      {restart.fault ? <FaultNotice fault={restart.fault} /> : null}
      <section>
        <h2 className={classes.title}>{t('devices.readers')}</h2>
        {readers.length === 0 ? (
          <EmptyState icon="devices" title={t('devices.none')} testId="no-readers">
            {t('devices.noneBody')}
          </EmptyState>
        ) : (
          <ul className={classes.list}>
            {readers.map((reader) => (
              <ReaderRow key={reader.reader} reader={reader} />
            ))}
          </ul>
        )}
      </section>
      {connection ? <ConnectionFacts connection={connection} /> : null}
      {officer?.role === 'technician' ? (
        <section>
          <h2 className={classes.title}>{t('trace.title')}</h2>
          {talking ? (
            <CardTalk
              freshness={readers
                .map((reader) => `${reader.leasedBy ?? ''}${reader.medium?.insertion ?? ''}`)
                .join()}
            />
          ) : (
            <ActionButton
              small
              icon="search"
              shortcut="F7"
              testId="show-talk"
              onAct={() => {
                setTalking(true);
              }}
            >
              {t('trace.open')}
            </ActionButton>
          )}
        </section>
      ) : null}
    </Page>
  );
}

function ReaderRow({ reader }: { reader: ReaderView }) {
  const { t, shared, fault, sentences, bytes } = useWords();
  const nameOf = useReaderName();
  const { medium } = reader;
  const refusal = medium?.refusals[0];
  const said = refusal ? fault(refusal) : undefined;
  const mark: Mark =
    reader.leasedBy !== undefined ? 'working' : medium === undefined ? 'quiet' : refusal ? 'careful' : 'good';
  return (
    <li className={classes.reader} data-testid={`device-${reader.reader}`}>
      <StateMark mark={mark} size={20} />
      <div>
        <p className={classes.name}>{nameOf(reader)}</p>
        <p className={classes.small}>
          {t(`devices.takes.${reader.takes}`)}
          {reader.virtual ? ` · ${t('strip.virtual')}` : ''}
        </p>
      </div>
      <div>
        <p>{medium ? shared.mediumKinds[medium.kind] : t('devices.empty')}</p>
        {medium?.serial === undefined ? null : (
          <p className={classes.small}>
            <CodeText value={medium.serial} ends={8} />
          </p>
        )}
        {medium?.sizeBytes !== undefined && medium.freeBytes !== undefined ? (
          <p className={classes.small}>
            {t('devices.free', {
              size: bytes(medium.sizeBytes),
              free: bytes(medium.freeBytes),
              fileSystem: medium.fileSystem ?? '',
            })}
          </p>
        ) : null}
      </div>
      <p className={classes.verdict}>
        {medium === undefined
          ? ''
          : reader.leasedBy !== undefined
            ? t('devices.leased')
            : said
              ? sentences(said.happened, said.todo)
              : t('devices.usable')}
      </p>
    </li>
  );
}

function ConnectionFacts({ connection }: { connection: Connection }) {
  const { t, fault, sentences, locale, time, date } = useWords();
  const { bank, certificate, pcsc, devices } = connection;
  const offset = Math.round(bank.clockOffsetMs / 1000);
  const connected = bank.state === 'connected';
  return (
    <section>
      <h2 className={classes.title}>{t('devices.connection')}</h2>
      <ul className={classes.list}>
        <Fact
          mark={connected ? 'good' : bank.state === 'starting' ? 'working' : 'stop'}
          name={t('devices.bank')}
          value={`${locale === 'en' ? bank.nameLatin : bank.name} · ${t(`strip.${bank.state}`)}`}
          more={
            bank.fault
              ? sentences(fault(bank.fault).happened, fault(bank.fault).todo)
              : t('devices.checked', { time: time(bank.checkedAt) })
          }
        />
        <Fact
          mark={
            !connected
              ? 'quiet'
              : Math.abs(offset) > 300
                ? 'stop'
                : Math.abs(offset) > 30
                  ? 'careful'
                  : 'good'
          }
          name={t('devices.clock')}
          value={
            !connected
              ? t('common.unknown')
              : Math.abs(offset) < 2
                ? t('strip.clockExact')
                : t(offset > 0 ? 'strip.clockAhead' : 'strip.clockBehind', { seconds: Math.abs(offset) })
          }
        />
        <Fact
          mark={
            certificate.fault && certificate.state === 'due' ? 'careful' : certificateMark[certificate.state]
          }
          name={t('devices.certificate')}
          value={t(`devices.certificateState.${certificate.state}`, { date: date(certificate.endsAt) })}
          more={
            certificate.fault
              ? sentences(fault(certificate.fault).happened, fault(certificate.fault).todo)
              : certificate.state === 'good'
                ? t('devices.renews', { date: date(certificate.renewsAt) })
                : certificate.state === 'due'
                  ? t('devices.renewing')
                  : undefined
          }
          testId="station-certificate"
        />
        <Fact
          mark={pcsc === 'running' ? 'good' : pcsc === 'absent' ? 'quiet' : 'working'}
          name={t('devices.pcsc')}
          value={t(`devices.pcscState.${pcsc}`)}
        />
        <Fact
          mark={devices === 'running' ? 'good' : 'working'}
          name={t('devices.program')}
          value={t(`devices.programState.${devices}`)}
        />
      </ul>
    </section>
  );
}

const certificateMark = {
  good: 'good',
  due: 'working',
  ended: 'stop',
} as const satisfies Record<Connection['certificate']['state'], Mark>;

interface FactProps {
  readonly mark: Mark;
  readonly name: string;
  readonly value: string;
  readonly more?: string | undefined;
  readonly testId?: string;
}

function Fact({ mark, name, value, more, testId }: FactProps) {
  return (
    <li className={classes.fact} data-testid={testId}>
      <StateMark mark={mark} size={20} />
      <span>{name}</span>
      <span>
        {value}
        {more ? <span className={classes.more}>{more}</span> : null}
      </span>
    </li>
  );
}
