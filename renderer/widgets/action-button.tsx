import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { KeyHint } from './key-hint.tsx';
import { useShortcut } from './use-shortcut.ts';

export interface ActionButtonProps {
  readonly children: ReactNode;
  readonly onAct: () => void;
  /** `next`: the one thing to do; `other`: what else one may do; `plain`: a way out. */
  readonly rank?: 'next' | 'other' | 'plain';
  readonly stop?: boolean;
  /** Shown on the button, and working as long as it can be pressed. */
  readonly shortcut?: string;
  readonly icon?: IconName;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly focus?: boolean;
  readonly small?: boolean;
  /** Enter in a field of its form presses it; the form's `onSubmit` acts. */
  readonly submits?: boolean;
}

/** A verb with its key. */
export function ActionButton({
  children,
  onAct,
  rank = 'other',
  stop = false,
  shortcut,
  icon,
  busy = false,
  disabled = false,
  testId,
  focus = false,
  small = false,
  submits = false,
}: ActionButtonProps) {
  useShortcut(shortcut ?? '', onAct, shortcut !== undefined && !disabled && !busy);
  return (
    <Button
      variant={rank === 'next' ? 'filled' : rank === 'other' ? 'default' : 'subtle'}
      {...(stop && rank === 'next' ? { color: 'var(--vermilion)' } : {})}
      size={small ? 'sm' : 'md'}
      leftSection={icon ? <Icon name={icon} size={18} /> : undefined}
      rightSection={
        shortcut ? (
          <KeyHint keys={keyName(shortcut)} on={rank === 'next' && !disabled ? 'accent' : 'paper'} />
        ) : undefined
      }
      loading={busy}
      disabled={disabled}
      type={submits ? 'submit' : 'button'}
      onClick={submits ? undefined : onAct}
      data-testid={testId}
      data-autofocus={focus || undefined}
      autoFocus={focus}
      aria-keyshortcuts={shortcut}
    >
      {children}
    </Button>
  );
}

const keyName = (shortcut: string): string =>
  shortcut === 'Escape' ? 'Esc' : shortcut === 'Enter' ? '↵' : shortcut;
