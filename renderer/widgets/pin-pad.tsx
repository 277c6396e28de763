import { useWords } from '../words/index.ts';
import classes from './pin-pad.module.css';

/** Digits for fingers. The keyboard works beside it; see whoever holds the digits. */
export function PinPad({
  onDigit,
  onDelete,
  onDone,
  canDone,
}: {
  onDigit: (digit: string) => void;
  onDelete: () => void;
  onDone: () => void;
  canDone: boolean;
}) {
  const { t } = useWords();
  const digit = (value: string) => (
    <button
      key={value}
      type="button"
      className={classes.digit}
      onClick={() => {
        onDigit(value);
      }}
      data-testid={`pad-${value}`}
    >
      {value}
    </button>
  );
  return (
    <div className={classes.pad} role="group" aria-label={t('customer.pad')} data-testid="pin-pad">
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(digit)}
      <button type="button" className={classes.side} onClick={onDelete} data-testid="pad-delete">
        {t('customer.delete')}
      </button>
      {digit('0')}
      <button
        type="button"
        className={classes.go}
        onClick={onDone}
        disabled={!canDone}
        data-testid="pad-next"
      >
        {t('customer.next')}
      </button>
    </div>
  );
}
