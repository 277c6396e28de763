import type { ReactNode } from 'react';
import classes from './decision-form.module.css';

/** Something to decide beside what it is about: a question, what is needed for it, and the buttons. */
export function DecisionForm({
  title,
  children,
  actions,
  onSubmit,
  testId,
}: {
  title: string;
  children: ReactNode;
  actions: ReactNode;
  /** Enter in a field, where one of the buttons submits. A choice between two answers has no such button. */
  onSubmit?: () => void;
  testId?: string;
}) {
  return (
    <form
      className={classes.form}
      data-testid={testId}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit?.();
      }}
    >
      <h3 className={classes.title}>{title}</h3>
      {children}
      <div className={classes.actions}>{actions}</div>
    </form>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly testId: string;
  readonly disabled?: boolean;
}

/** One of a few. */
export function Choices<Value extends string>({
  legend,
  name,
  choices,
  value,
  onChoose,
}: {
  legend: string;
  /** Of the radio buttons. */
  name: string;
  choices: readonly Choice<Value>[];
  value: Value | undefined;
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset className={classes.options}>
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            disabled={choice.disabled}
            onChange={() => {
              onChoose(choice.value);
            }}
            data-testid={choice.testId}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}
