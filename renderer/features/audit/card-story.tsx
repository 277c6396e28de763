import type { AuditRecord } from '../../../electron/shared/contract/index.ts';
import { parseOfficerAct } from '../../../electron/shared/domain/index.ts';
import { useQuery } from '../../bridge/index.ts';
import { CodeText, FaultNotice, Icon, Loading, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './card-story.module.css';
import { eventName } from './event-name.ts';
import { SignedDecision } from './signed-decision.tsx';

/** One record whole, and the life of its card from first to last. */
export function CardStory({ record, onClose }: { record: AuditRecord; onClose: () => void }) {
  const words = useWords();
  const { t, dateTime, fault } = words;
  const story = useQuery('audit.story', record.cardId === undefined ? undefined : { cardId: record.cardId });
  useShortcut('Escape', onClose);
  const { signedText } = record.data;
  const act = typeof signedText === 'string' ? parseOfficerAct(signedText) : undefined;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('audit.run'), record.runId],
    [t('panel.cardId'), record.cardId],
    [t('panel.customer'), record.customerId],
    [t('panel.serial'), record.serial],
    [t('panel.reader'), record.reader],
    [t('audit.hash'), record.hash],
    ...Object.entries(act ? withoutEvidence(record.data) : record.data).map(
      ([name, value]) => [name, String(value)] as const,
    ),
  ];
  return (
    <aside className={classes.story} data-testid="card-story">
      <header className={classes.head}>
        <div>
          <h2 className={classes.title}>{eventName(words, record.event)}</h2>
          <p className={classes.small}>
            {t('audit.record', { sequence: record.sequence })} · {dateTime(record.at)} · {record.officerId}
          </p>
        </div>
        <button type="button" className={classes.close} onClick={onClose} aria-label={t('audit.closeStory')}>
          <Icon name="cross" size={18} />
        </button>
      </header>
      {record.faultCode === undefined ? null : <RecordFault code={record.faultCode} say={fault} />}
      <dl className={classes.facts}>
        {facts.map(([label, value]) =>
          value === undefined ? null : (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <CodeText value={value} ends={9} grouped={false} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {act ? <SignedDecision key={record.sequence} sequence={record.sequence} act={act} /> : null}
      <h3 className={classes.heading}>{t('audit.story')}</h3>
      {record.cardId === undefined ? (
        <p className={classes.small}>{t('audit.storyNone')}</p>
      ) : story.state.kind === 'loading' ? (
        <Loading>{t('audit.loading')}</Loading>
      ) : story.state.kind === 'failed' ? (
        <FaultNotice fault={story.state.fault} />
      ) : (
        <ol className={classes.line} data-testid="story-timeline">
          {story.state.value.records.map((entry) => (
            <StoryEntry key={entry.sequence} entry={entry} here={entry.sequence === record.sequence} />
          ))}
        </ol>
      )}
    </aside>
  );
}

/** Shown line by line below, and exported whole. */
function withoutEvidence({
  signedText: _text,
  signature: _signature,
  certificate: _certificate,
  ...data
}: AuditRecord['data']): AuditRecord['data'] {
  return data;
}

function RecordFault({ code, say }: { code: string; say: ReturnType<typeof useWords>['fault'] }) {
  const { shared } = useWords();
  const known = (Object.keys(shared.faults) as (keyof typeof shared.faults)[]).find((name) => name === code);
  return <p className={classes.fault}>{known ? say({ code: known, data: {} }).happened : code}</p>;
}

function StoryEntry({ entry, here }: { entry: AuditRecord; here: boolean }) {
  const words = useWords();
  const { step, dateTime } = words;
  return (
    <li className={classes.entry} data-here={here} data-outcome={entry.outcome}>
      <StateMark
        mark={entry.outcome === 'ok' ? 'done' : entry.outcome === 'refused' ? 'careful' : 'stop'}
        size={15}
      />
      <div>
        <p className={classes.what}>
          {entry.step === undefined ? eventName(words, entry.event) : step(entry.step).name}
          {entry.step === undefined ? null : (
            <span className={classes.kind}>{eventName(words, entry.event)}</span>
          )}
        </p>
        <p className={classes.small}>
          {dateTime(entry.at)} · {entry.officerId}
        </p>
      </div>
    </li>
  );
}
