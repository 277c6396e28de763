import { useState } from 'react';
import { officerRole, type Officer } from '../../../electron/shared/domain/index.ts';
import type { OfficerRole } from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import {
  ActionButton,
  Choices,
  DecisionForm,
  isOfficerNumber,
  OfficerFields,
  SignAct,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './enter-officer.module.css';
import type { HandedOver } from './start-password.tsx';

/** Somebody who shall work here: number, name and role; the manager signs for it. */
export function EnterOfficer({
  again,
  onDone,
  onBack,
}: {
  /** Somebody who was ended and comes back, perhaps in another role. */
  again: Officer | undefined;
  onDone: (handedOver: HandedOver) => void;
  onBack: () => void;
}) {
  const { t, shared } = useWords();
  const enter = useCall('officers.enter');
  const [officerId, setOfficerId] = useState(again?.officerId ?? '');
  const [name, setName] = useState(again?.name ?? '');
  const [role, setRole] = useState<OfficerRole | undefined>(again?.role);
  const [signing, setSigning] = useState(false);
  const ready = isOfficerNumber(officerId) && name.trim() !== '' && role !== undefined;
  const read = () => {
    if (ready) setSigning(true);
  };

  if (signing && role) {
    const officer: Officer = { officerId, name: name.trim(), role };
    return (
      <SignAct
        order={{ act: 'enter-officer', ...officer }}
        title={t('enterOfficer.sign', { name: officer.name })}
        verb={t('enterOfficer.verb')}
        busy={enter.busy}
        fault={enter.fault}
        onSign={(approval) => {
          void enter.run({ ...officer, ...(approval && { approval }) }).then((result) => {
            if (result.ok) onDone({ officer, ...result.value });
          });
        }}
        onBack={() => {
          enter.clear();
          setSigning(false);
        }}
      />
    );
  }
  return (
    <DecisionForm
      title={t(again ? 'enterOfficer.titleAgain' : 'enterOfficer.title')}
      testId="enter-officer-form"
      onSubmit={read}
      actions={
        <>
          <ActionButton rank="next" shortcut="F9" disabled={!ready} submits testId="enter-next" onAct={read}>
            {t('officers.readOrder')}
          </ActionButton>
          <ActionButton rank="plain" shortcut="Escape" testId="enter-back" onAct={onBack}>
            {t('common.back')}
          </ActionButton>
        </>
      }
    >
      <div className={classes.who}>
        <OfficerFields
          form="enter"
          officerId={officerId}
          onOfficerId={setOfficerId}
          name={name}
          onName={setName}
          explained
          isKnown={again !== undefined}
          focus={again === undefined}
        />
      </div>
      <Choices
        legend={t('act.line.role')}
        name="officer-role"
        value={role}
        onChoose={setRole}
        choices={officerRole.options.map((value) => ({
          value,
          label: shared.roles[value],
          testId: `enter-role-${value}`,
        }))}
      />
    </DecisionForm>
  );
}
