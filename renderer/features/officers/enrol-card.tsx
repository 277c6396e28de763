import { PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { ReaderView } from '../../../electron/shared/contract/index.ts';
import type { Officer } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import { ActionButton, Choices, DecisionForm, Notice, SignAct, useReaderName } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './enrol-card.module.css';

/** A blank card, and the PIN that its officer chooses at the counter; then the manager signs for it. */
export function EnrolCard({
  officer,
  onDone,
  onBack,
}: {
  officer: Officer;
  onDone: () => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const nameOf = useReaderName();
  const { readers, certificateSha256 } = useStationSnapshot();
  const enrol = useCall('officers.enrolCard');
  const [reader, setReader] = useState<string>();
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [signing, setSigning] = useState(false);
  const candidates = readers.filter(
    ({ takes, medium, leasedBy }) =>
      takes === 'card' &&
      medium &&
      // The card that will sign the order.
      medium.officerCard?.certificateSha256 !== certificateSha256 &&
      (!leasedBy || signing),
  );
  const chosen = candidates.find((each) => each.reader === reader) ?? candidates.find(isBlank);
  const atReader = chosen?.medium?.pinAtReader === true;
  const differs = again.length >= pin.length && again !== pin;
  const ready = chosen !== undefined && (atReader || (/^\d{6,8}$/.test(pin) && again === pin));

  const read = () => {
    if (ready) setSigning(true);
  };

  if (signing && chosen)
    return (
      <SignAct
        order={{ act: 'enrol-card', officerId: officer.officerId, reader: chosen.reader }}
        title={t('officers.signEnrol', { name: officer.name })}
        verb={t('officers.enrolVerb')}
        busy={enrol.busy}
        fault={enrol.fault}
        onSign={(approval) => {
          void enrol
            .run({
              officerId: officer.officerId,
              card: { reader: chosen.reader, ...(!atReader && { pin }) },
              ...(approval && { approval }),
            })
            .then((result) => {
              if (result.ok) onDone();
            });
        }}
        onBack={() => {
          enrol.clear();
          setSigning(false);
        }}
      />
    );
  return (
    <DecisionForm
      title={t('officers.enrolTitle', { name: officer.name })}
      testId="enrol-form"
      onSubmit={read}
      actions={
        <>
          <ActionButton rank="next" shortcut="F9" disabled={!ready} submits testId="enrol-next" onAct={read}>
            {t('officers.readOrder')}
          </ActionButton>
          <ActionButton rank="plain" shortcut="Escape" testId="enrol-back" onAct={onBack}>
            {t('common.back')}
          </ActionButton>
        </>
      }
    >
      {candidates.length === 0 ? (
        <Notice tone="quiet" title={t('officers.insertBlank')}>
          <p>{t('officers.insertBlankBody')}</p>
        </Notice>
      ) : (
        <Choices
          legend={t('officers.whichCard')}
          name="blank-card"
          value={chosen?.reader}
          onChoose={setReader}
          choices={candidates.map((each) => ({
            value: each.reader,
            label: <Candidate reader={each} name={nameOf(each)} />,
            testId: `blank-in-${each.reader}`,
            disabled: !isBlank(each),
          }))}
        />
      )}
      {chosen && atReader ? <p className={classes.small}>{t('officers.pinAtReader')}</p> : null}
      {chosen && !atReader ? (
        <div className={classes.pins}>
          <PasswordInput
            label={t('officers.newPin')}
            description={t('officers.newPinBody', { name: officer.name })}
            value={pin}
            autoComplete="off"
            inputMode="numeric"
            maxLength={8}
            onChange={(event) => {
              setPin(event.currentTarget.value.replace(/\D/g, ''));
            }}
            data-testid="new-pin"
          />
          <PasswordInput
            label={t('officers.newPinAgain')}
            description={t('officers.newPinAgainBody')}
            value={again}
            autoComplete="off"
            inputMode="numeric"
            maxLength={8}
            error={differs && again !== '' ? t('officers.pinsDiffer') : undefined}
            onChange={(event) => {
              setAgain(event.currentTarget.value.replace(/\D/g, ''));
            }}
            data-testid="new-pin-again"
          />
        </div>
      ) : null}
    </DecisionForm>
  );
}

/** A card that was an officer's may be made anew: the station asks the bank whether it is over. */
const isBlank = ({ medium }: ReaderView): boolean =>
  medium !== undefined && (medium.refusals.length === 0 || medium.officerCard !== undefined);

function Candidate({ reader, name }: { reader: ReaderView; name: string }) {
  const { t, fault } = useWords();
  const { medium } = reader;
  const [refusal] = medium?.refusals ?? [];
  return (
    <span className={classes.candidate}>
      <span>
        {name}
        {medium?.serial === undefined ? '' : ` · ${medium.serial}`}
      </span>
      <span className={classes.small}>
        {medium?.officerCard
          ? t('officers.wasCardOf', { name: medium.officerCard.name })
          : refusal
            ? fault(refusal).happened
            : t('officers.blank')}
      </span>
    </span>
  );
}
