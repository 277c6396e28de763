import type { Caller, SignedOutReason } from '../../shared/contract/index.ts';
import type { Officer } from '../../shared/domain/index.ts';

/** The card a session was opened with, and where it is. */
export interface SessionCard {
  readonly certificateSha256: string;
  readonly certificateSerial: string;
  readonly mediumSerial: string | undefined;
  readonly reader: string;
  readonly insertion: number | undefined;
}

/** Who works at one officer's window. Ends by itself after a while without a call; locked while the card is out. */
export interface OfficerSession {
  officer(): Officer | undefined;
  /** Undefined: signed in with the password alone. */
  card(): SessionCard | undefined;
  isLocked(): boolean;
  /** The officer still has the password that a manager handed over, and does nothing but choose another one. */
  isPasswordDue(): boolean;
  caller(): Caller;
  begin(officer: Officer, card?: SessionCard, isPasswordDue?: boolean): void;
  passwordReplaced(): void;
  lock(): void;
  /** The card proved itself again, perhaps in another reader; or it was out for less than the grace. */
  unlock(card: SessionCard): void;
  end(reason: SignedOutReason): void;
  /** A call came: the idle time starts again. */
  touch(): void;
}

export interface OfficerSessionOptions {
  readonly idleMs: number;
  onLock(officer: Officer): void;
  onEnd(officer: Officer, reason: SignedOutReason): void;
}

export function officerSession({ idleMs, onLock, onEnd }: OfficerSessionOptions): OfficerSession {
  let officer: Officer | undefined;
  let card: SessionCard | undefined;
  let locked = false;
  let passwordDue = false;
  let timer: NodeJS.Timeout | undefined;

  const end = (reason: SignedOutReason) => {
    clearTimeout(timer);
    const leaving = officer;
    officer = undefined;
    card = undefined;
    locked = false;
    passwordDue = false;
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
    card: () => card,
    isLocked: () => locked,
    isPasswordDue: () => passwordDue,
    caller: () => ({
      role: locked ? 'locked' : passwordDue ? 'password-due' : (officer?.role ?? 'signed-out'),
      officerId: officer?.officerId,
    }),
    begin(next, nextCard, isPasswordDue = false) {
      officer = next;
      card = nextCard;
      locked = false;
      passwordDue = isPasswordDue;
      touch();
    },
    passwordReplaced() {
      passwordDue = false;
    },
    lock() {
      if (!officer || locked) return;
      locked = true;
      onLock(officer);
    },
    unlock(next) {
      if (!officer) return;
      card = next;
      locked = false;
    },
    end,
    touch,
  };
}
