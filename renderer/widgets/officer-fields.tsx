import { TextInput } from '@mantine/core';
import { officerNumber } from '../../electron/shared/domain/index.ts';
import { useWords } from '../words/index.ts';

export const isOfficerNumber = (text: string): boolean => officerNumber.safeParse(text).success;

/** Number and name of somebody who shall work here. */
export function OfficerFields({
  form,
  officerId,
  onOfficerId,
  name,
  onName,
  explained = false,
  isKnown = false,
  focus = false,
}: {
  /** Which form asks; begins the test ids. */
  form: 'enter' | 'first';
  officerId: string;
  onOfficerId: (officerId: string) => void;
  name: string;
  onName: (name: string) => void;
  /** With a line below each label. */
  explained?: boolean;
  /** Somebody who comes back keeps the number. */
  isKnown?: boolean;
  focus?: boolean;
}) {
  const { t } = useWords();
  return (
    <>
      <TextInput
        label={t('signIn.officerId')}
        description={explained ? t('enterOfficer.numberBody') : undefined}
        value={officerId}
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        disabled={isKnown}
        autoFocus={focus}
        error={officerId !== '' && !isOfficerNumber(officerId) ? t('enterOfficer.numberRule') : undefined}
        onChange={(event) => {
          onOfficerId(event.currentTarget.value.trim());
        }}
        data-testid={`${form}-officer-id`}
      />
      <TextInput
        label={t('enterOfficer.name')}
        description={explained ? t('enterOfficer.nameBody') : undefined}
        placeholder={t('enterOfficer.nameExample')}
        value={name}
        autoComplete="off"
        maxLength={64}
        onChange={(event) => {
          onName(event.currentTarget.value);
        }}
        data-testid={`${form}-name`}
      />
    </>
  );
}
