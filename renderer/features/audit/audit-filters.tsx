import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { AuditFilter } from '../../../electron/shared/contract/index.ts';
import { ActionButton, Icon, KeyHint, useShortcut } from '../../widgets/index.ts';
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

  useEffect(() => {
    const timer = setTimeout(() => {
      const { filter: now, onChange: change } = latest.current;
      if ((now.text ?? '') !== text.trim()) change(withField(now, 'text', text.trim()));
    }, 180);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);

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
        <label className={classes.day}>
          <span>{t('audit.from')}</span>
          <input
            type="date"
            value={filter.from?.slice(0, 10) ?? ''}
            onChange={(event) => {
              onChange(withField(filter, 'from', startOfDay(event.currentTarget.value)));
            }}
          />
        </label>
        <label className={classes.day}>
          <span>{t('audit.to')}</span>
          <input
            type="date"
            value={filter.to?.slice(0, 10) ?? ''}
            onChange={(event) => {
              onChange(withField(filter, 'to', endOfDay(event.currentTarget.value)));
            }}
          />
        </label>
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

const startOfDay = (day: string): string => (day === '' ? '' : `${day}T00:00:00.0Z`);
const endOfDay = (day: string): string => (day === '' ? '' : `${day}T23:59:59.999Z`);
