import { NativeSelect } from '@mantine/core';
import { useWords } from '../../words/index.ts';
import classes from './reprovision-form.module.css';

/** Why a technician does it: one of the reasons that the bank keeps. */
export function ReasonSelect<Reason extends string>({
  reasons,
  reason,
  labelOf,
  onChoose,
  testId,
}: {
  reasons: readonly Reason[];
  reason: Reason;
  labelOf: (reason: Reason) => string;
  onChoose: (reason: Reason) => void;
  testId: string;
}) {
  const { t } = useWords();
  return (
    <NativeSelect
      className={classes.reason}
      label={t('reprovision.reason')}
      value={reason}
      data={reasons.map((value) => ({ value, label: labelOf(value) }))}
      onChange={(event) => {
        const next = reasons.find((candidate) => candidate === event.currentTarget.value);
        if (next) onChoose(next);
      }}
      data-testid={testId}
    />
  );
}
