import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import { CodeText, Notice, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './comparison.module.css';

type Line = CardInspection['lines'][number];

/** Card, bank and CA side by side, the differences in words. */
export function Comparison({ inspection }: { inspection: CardInspection }) {
  const { t } = useWords();
  const { content, lines } = inspection;
  const differing = lines.filter((line) => line.verdict === 'differs' || line.verdict === 'missing').length;
  return (
    <>
      <Notice
        tone={toneOf(inspection, differing)}
        title={
          <span data-testid="inspection-content" data-content={content}>
            {t(`reprovision.content.${content}`)}
            {lines.length > 0
              ? ` · ${differing === 0 ? t('reprovision.allSame') : t('reprovision.someDiffer', { count: differing })}`
              : ''}
          </span>
        }
      >
        <p>
          {t(
            `reprovision.contentBody.${inspection.prepared ? 'prepared' : inspection.unknownKey ? 'unknownKey' : content}`,
          )}
        </p>
        <Facts inspection={inspection} />
      </Notice>
      {lines.length === 0 ? (
        <p className={classes.nothing}>{t('reprovision.nothingToCompare')}</p>
      ) : (
        <table className={classes.table} data-testid="comparison">
          <thead>
            <tr>
              <th scope="col">{t('reprovision.column.item')}</th>
              <th scope="col">{t('reprovision.column.card')}</th>
              <th scope="col">{t('reprovision.column.bank')}</th>
              <th scope="col">{t('reprovision.column.ca')}</th>
              <th scope="col">{t('reprovision.column.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <ComparisonRow key={line.item} line={line} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const toneOf = ({ content, unknownKey }: CardInspection, differing: number) => {
  if (content === 'blank' && !unknownKey) return 'quiet';
  return content === 'complete' && differing === 0 ? 'good' : 'careful';
};

function Facts({ inspection }: { inspection: CardInspection }) {
  const { t } = useWords();
  const facts = [
    inspection.applet,
    inspection.pinRetries === undefined
      ? undefined
      : `${t('reprovision.pinTries')}: ${inspection.pinRetries}`,
    inspection.pukRetries === undefined
      ? undefined
      : `${t('reprovision.pukTries')}: ${inspection.pukRetries}`,
  ].filter((fact) => fact !== undefined);
  return facts.length === 0 ? null : <p className={classes.facts}>{facts.join(' · ')}</p>;
}

function ComparisonRow({ line }: { line: Line }) {
  const { t } = useWords();
  const names: Readonly<Record<string, string>> = t('reprovision.item', { returnObjects: true });
  return (
    <tr data-verdict={line.verdict} data-testid={`line-${line.item}`}>
      <th scope="row">{names[line.item] ?? line.item}</th>
      <Side item={line.item} value={line.card} />
      <Side item={line.item} value={line.bank} />
      <Side item={line.item} value={line.ca} />
      <td>
        <span className={classes.verdict}>
          <StateMark mark={marks[line.verdict]} size={16} />
          {t(`reprovision.verdict.${line.verdict}`)}
        </span>
      </td>
    </tr>
  );
}

function Side({ item, value }: { item: string; value: string | undefined }) {
  const { t, shared } = useWords();
  const named: Readonly<Record<string, string>> = t('reprovision.value', { returnObjects: true });
  if (value === undefined) return <td className={classes.absent}>–</td>;
  if (item === 'state' && Object.hasOwn(shared.cardStates, value)) {
    const states: Readonly<Record<string, { name: string }>> = shared.cardStates;
    return <td>{states[value]?.name}</td>;
  }
  if (Object.hasOwn(named, value)) return <td>{named[value]}</td>;
  return <td>{looksLikeCode.test(value) ? <CodeText value={value} ends={4} copy={false} /> : value}</td>;
}

const looksLikeCode = /^(?=.*\d)[0-9A-Za-z-]{8,}$/;

const marks: Readonly<Record<Line['verdict'], Mark>> = {
  same: 'good',
  differs: 'careful',
  missing: 'careful',
  'not-comparable': 'quiet',
};
