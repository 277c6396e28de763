import { TextInput } from '@mantine/core';

/** What the bank's own people gave out for this station. */
export function BankCode({
  label,
  description,
  code,
  onCode,
  testId,
}: {
  label: string;
  description: string;
  code: string;
  onCode: (code: string) => void;
  testId: string;
}) {
  return (
    <TextInput
      label={label}
      description={description}
      value={code}
      autoComplete="off"
      spellCheck={false}
      maxLength={60}
      autoFocus
      onChange={(event) => {
        onCode(event.currentTarget.value);
      }}
      data-testid={testId}
    />
  );
}
