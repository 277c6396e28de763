import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { PinPad } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './pin-question.module.css';
import { QuestionLayout } from './question-layout.tsx';

/** Digits behind dots, from the pad or the keyboard. They leave this component once, and are gone here then. */
export function PinQuestion({
  position,
  title,
  body,
  notice,
  least,
  most,
  onProgress,
  onEntered,
  testId,
}: {
  position: string;
  title: string;
  body: string;
  notice: string | undefined;
  least: number;
  most: number;
  onProgress: (typed: number) => void;
  onEntered: (pin: string) => void;
  testId: string;
}) {
  const { t } = useWords();
  // The digits are no state: React keeps old states, and tools can show them. Only their number is.
  const digits = useRef('');
  const [typed, setTyped] = useState(0);

  const put = useCallback(
    (next: string) => {
      digits.current = next;
      setTyped(next.length);
      onProgress(next.length);
    },
    [onProgress],
  );
  const add = (digit: string) => {
    if (digits.current.length < most) put(digits.current + digit);
  };
  const remove = () => {
    if (digits.current !== '') put(digits.current.slice(0, -1));
  };
  const done = () => {
    if (digits.current.length < least) return;
    const pin = digits.current;
    digits.current = '';
    setTyped(0);
    onEntered(pin);
  };

  const latest = useRef({ add, remove, done });
  // Before the paint: who sees the question may type at once.
  useLayoutEffect(() => {
    latest.current = { add, remove, done };
  });
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (/^\d$/.test(event.key)) latest.current.add(event.key);
      else if (event.key === 'Backspace') latest.current.remove();
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) latest.current.done();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
      digits.current = '';
    };
  }, []);

  return (
    <QuestionLayout
      testId={testId}
      position={position}
      title={title}
      body={body}
      notice={notice}
      answer={
        <div className={classes.dots} role="status" aria-label={t('customer.digits', { n: typed })}>
          {Array.from({ length: most }, (_, index) => (
            <span
              key={index}
              className={classes.dot}
              data-filled={index < typed}
              data-needed={index < least}
              aria-hidden="true"
            />
          ))}
        </div>
      }
      means={<PinPad onDigit={add} onDelete={remove} onDone={done} canDone={typed >= least} />}
    />
  );
}
