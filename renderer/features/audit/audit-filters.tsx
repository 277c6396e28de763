import { NativeSelect, TextInput } from '@mantine/core';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { AuditFilter } from '../../../electron/shared/contract/index.ts';
import {
  ActionButton,
  dateAsTyped,
  dateWhenLeft,
  Icon,
  isDate,
  KeyHint,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './audit-filters.module.css';
import { knownEvents } from './event-name.ts';

export const isFiltered = (filter: AuditFilter): boolean => Object.keys(filter).length > 0;

/** Each narrows the list at once; the text waits for a pause in typing. */
export function AuditFilters({
  filter,
  onChange,
}: {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}) {
  const words = useWords();
  const { t } = words;
  const [text, setText] = useState(filter.text ?? '');
  const field = useRef<HTMLInputElement>(null);
  const latest = useRef({ filter, onChange });
  useEffect(() => {
    latest.current = { filter, onChange };
  });
  useShortcut('F2', () => {
    field.current?.focus();
    field.current?.select();
  });

  const findNow = useCallback(() => {
    const { filter: now, onChange: change } = latest.current;
    if ((now.text ?? '') !== text.trim()) change(withField(now, 'text', text.trim()));
  }, [text]);
  useEffect(() => {
    const timer = setTimeout(findNow, 180);
    return () => {
      clearTimeout(timer);
    };
  }, [findNow]);

  return (
    <div className={classes.filters} role="search">
      <TextInput
        ref={field}
        className={classes.text}
        aria-label={t('audit.filter')}
        placeholder={t('audit.filterPlaceholder')}
        value={text}
        maxLength={80}
        autoComplete="off"
        spellCheck={false}
        leftSection={<Icon name="search" size={18} />}
        rightSection={<KeyHint keys="F2" />}
        rightSectionWidth={44}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (isEnter(event)) findNow();
        }}
        data-testid="audit-text"
      />
      <NativeSelect
        className={classes.choice}
        aria-label={t('audit.event')}
        value={filter.event ?? ''}
        data={[
          { value: '', label: `${t('audit.event')}: ${t('audit.all')}` },
          ...knownEvents(words).map(([value, label]) => ({ value, label })),
        ]}
        onChange={(event) => {
          onChange(withField(filter, 'event', event.currentTarget.value));
        }}
        data-testid="audit-event"
      />
      <NativeSelect
        className={classes.choice}
        aria-label={t('audit.outcome')}
        value={filter.outcome ?? ''}
        data={[
          { value: '', label: `${t('audit.outcome')}: ${t('audit.all')}` },
          { value: 'ok', label: t('audit.outcomes.ok') },
          { value: 'refused', label: t('audit.outcomes.refused') },
          { value: 'failed', label: t('audit.outcomes.failed') },
        ]}
        onChange={(event) => {
          onChange(withField(filter, 'outcome', event.currentTarget.value));
        }}
        data-testid="audit-outcome"
      />
      <span className={classes.days}>
        <DayField
          label={t('audit.from')}
          instant={filter.from}
          onChange={(day) => {
            onChange(withField(filter, 'from', day === '' ? '' : midnight(day, 0).toISOString()));
          }}
          testId="audit-from"
        />
        <DayField
          label={t('audit.to')}
          instant={filter.to}
          toItsEnd
          onChange={(day) => {
            onChange(withField(filter, 'to', day === '' ? '' : midnight(day, 1).toISOString()));
          }}
          testId="audit-to"
        />
      </span>
      {isFiltered(filter) ? (
        <ActionButton
          small
          rank="plain"
          testId="audit-clear"
          onAct={() => {
            setText('');
            onChange({});
          }}
        >
          {t('audit.clear')}
        </ActionButton>
      ) : null}
    </div>
  );
}

/** An empty value takes the field away, so that no filter is really none. */
function withField(filter: AuditFilter, name: keyof AuditFilter, value: string): AuditFilter {
  const rest = Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name));
  return value === '' ? rest : { ...rest, [name]: value };
}

/** The first moment of a day (YYYY-MM-DD) where the station stands, or of a day after it. */
const midnight = (day: string, daysOn: number): Date => {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + daysOn);
  return at;
};

const isDayThatIs = (day: string): boolean => isDate(day) && !Number.isNaN(Date.parse(`${day}T00:00:00`));

/**
 * A day typed as the record shows it, in the words of the station and not of the browser's own calendar.
 * What is not a day yet filters nothing.
 */
function DayField({
  label,
  instant,
  toItsEnd = false,
  onChange,
  testId,
}: {
  label: string;
  instant: string | undefined;
  /** The filter ends where the day does: at the next midnight. */
  toItsEnd?: boolean;
  onChange: (day: string) => void;
  testId: string;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState(() => dayOf(instant, toItsEnd));
  const [followed, setFollowed] = useState(instant);
  // Taken away from outside: by the button that clears all of them.
  if (followed !== instant) {
    setFollowed(instant);
    if (instant === undefined) setTyped((now) => (isDayThatIs(now) ? '' : now));
  }
  const put = (value: string) => {
    setTyped(value);
    const day = isDayThatIs(value) ? value : '';
    if (day !== dayOf(instant, toItsEnd)) onChange(day);
  };
  return (
    <TextInput
      className={classes.day}
      aria-label={label}
      leftSection={<span className={classes.dayLabel}>{label}</span>}
      leftSectionWidth={46}
      leftSectionPointerEvents="none"
      placeholder={t('audit.dayPlaceholder')}
      value={typed}
      maxLength={12}
      inputMode="numeric"
      autoComplete="off"
      spellCheck={false}
      error={isDate(typed) && !isDayThatIs(typed)}
      onChange={(event) => {
        put(dateAsTyped(event.currentTarget.value));
      }}
      onBlur={() => {
        put(dateWhenLeft(typed));
      }}
      onKeyDown={(event) => {
        if (isEnter(event)) put(dateWhenLeft(typed));
      }}
      data-testid={testId}
    />
  );
}

const isEnter = (event: KeyboardEvent): boolean => event.key === 'Enter' && !event.nativeEvent.isComposing;

function dayOf(instant: string | undefined, toItsEnd: boolean): string {
  if (instant === undefined) return '';
  const at = new Date(Date.parse(instant) - (toItsEnd ? 1 : 0));
  const two = (n: number) => n.toString().padStart(2, '0');
  return `${at.getFullYear().toString()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
