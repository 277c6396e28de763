import type { Caller } from '../../shared/contract/index.ts';
import type { Officer } from '../../shared/domain/index.ts';

/** Who works at one officer's window. Ends by itself after a while without a call. */
export interface OfficerSession {
  officer(): Officer | undefined;
  caller(): Caller;
  begin(officer: Officer): void;
  end(reason: 'asked' | 'idle'): void;
  /** A call came: the idle time starts again. */
  touch(): void;
}

export interface OfficerSessionOptions {
  readonly idleMs: number;
  onEnd(officer: Officer, reason: 'asked' | 'idle'): void;
}

export function officerSession({ idleMs, onEnd }: OfficerSessionOptions): OfficerSession {
  let officer: Officer | undefined;
  let timer: NodeJS.Timeout | undefined;

  const end = (reason: 'asked' | 'idle') => {
    clearTimeout(timer);
    const leaving = officer;
    officer = undefined;
    if (leaving) onEnd(leaving, reason);
  };
  const touch = () => {
    clearTimeout(timer);
    if (!officer) return;
    timer = setTimeout(() => end('idle'), idleMs);
    timer.unref();
  };
  return {
    officer: () => officer,
    caller: () => ({ role: officer?.role ?? 'signed-out', officerId: officer?.officerId }),
    begin(next) {
      officer = next;
      touch();
    },
    end,
    touch,
  };
}
