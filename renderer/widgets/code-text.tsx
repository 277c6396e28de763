import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useWords } from '../words/index.ts';
import classes from './code-text.module.css';
import { Icon } from './icon.tsx';

/**
 * A serial or hash: mono, in groups of four, never wrapped. A long one shows its two ends;
 * what is copied is always the whole, without the gaps.
 */
export function CodeText({
  value,
  ends,
  copy = true,
  grouped = true,
}: {
  value: string;
  /** Characters kept at each end of a longer value. */
  ends?: number;
  copy?: boolean;
  grouped?: boolean;
}) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 1600);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  // A card number is read whole; only what is long like a hash is cut.
  const shortened = ends !== undefined && value.length > Math.max(24, ends * 2 + 2);
  const show = (part: string) => (grouped ? groupsOfFour(part) : part);
  const text = shortened ? `${show(value.slice(0, ends))} … ${show(value.slice(-ends))}` : show(value);
  const body = (
    <code className={classes.code} translate="no" title={shortened ? value : undefined}>
      {text}
    </code>
  );
  if (!copy) return body;
  return (
    <span className={classes.copyable}>
      {body}
      <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
        <button
          type="button"
          className={classes.button}
          aria-label={`${t('common.copy')} ${value}`}
          onClick={() => {
            void copyText(value).then(setCopied);
          }}
        >
          <Icon name={copied ? 'check' : 'copy'} size={15} />
        </button>
      </Tooltip>
    </span>
  );
}

const looksGrouped = /^[0-9A-Za-z]{9,}$/;
const groupsOfFour = (value: string): string =>
  looksGrouped.test(value) ? (value.match(/.{1,4}/g) ?? []).join(' ') : value;

/** Whether it is on the clipboard. A host may forbid the clipboard; then the old way is tried. */
export async function copyText(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = value;
    field.setAttribute('readonly', '');
    document.body.append(field);
    field.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way where the clipboard is denied
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}
