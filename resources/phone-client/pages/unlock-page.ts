import type { Card } from '../credential/load-card.ts';
import type { Words } from '../text/words.ts';
import { cardDrawing } from './card-drawing.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';
import { pinPad, shortestPin } from './pin-pad.ts';

/** What the unlock page says under the dots. */
export type UnlockNotice =
  | { readonly kind: 'ready' }
  | { readonly kind: 'wrong-pin' }
  | { readonly kind: 'checking'; readonly share: number | undefined }
  | { readonly kind: 'signing' }
  | { readonly kind: 'asking' };

export interface UnlockPage extends Page {
  show(notice: UnlockNotice): void;
}

/**
 * Which bank, which login name, then the PIN (S0 steps 3 and 4).
 * @param remainingMs time until a PIN is accepted; asked again while it runs down.
 */
export const unlockPage = (
  words: Words,
  card: Card,
  remainingMs: () => number,
  onPin: (pin: string) => void,
): UnlockPage => {
  const notice = element('p', { class: 'notice' });
  const live = element('p', { class: 'unseen', role: 'status' });
  const timeLeft = element('p', { class: 'time', role: 'timer', 'aria-label': words.waitTitle });
  const waiting = element(
    'div',
    { class: 'waiting' },
    icon('wait'),
    timeLeft,
    element('strong', {}, words.waitTitle),
    element('p', {}, words.waitText),
  );
  waiting.hidden = true;
  const submit = element('button', { type: 'button', class: 'primary' }, words.signIn);
  let entered = 0;
  let countdown: ReturnType<typeof setInterval> | undefined;

  const pad = pinPad(
    words,
    () => {
      entered = pad.dots.querySelectorAll('.full').length;
      say('plain', words.pinHint, false);
    },
    () => {
      send();
    },
  );

  const say = (tone: 'plain' | 'wrong' | 'busy', text: string, aloud = true, share?: number): void => {
    notice.className = `notice ${tone}`;
    notice.replaceChildren(
      ...(tone === 'wrong' ? [icon('wrong')] : []),
      element('span', {}, text),
      ...(share === undefined ? [] : [bar(share)]),
    );
    if (aloud && live.textContent !== text) live.textContent = text;
  };

  const send = (): void => {
    if (submit.disabled) return;
    if (entered < shortestPin) {
      say('wrong', words.pinTooShort);
      return;
    }
    entered = 0;
    onPin(pad.take());
  };
  submit.addEventListener('click', send);

  const enable = (enabled: boolean): void => {
    pad.enable(enabled);
    submit.disabled = !enabled;
  };

  /** While a wait runs down there is nothing to type, so the time stands where the keys were. */
  const showWait = (shown: boolean): void => {
    enable(!shown);
    waiting.hidden = !shown;
    entry.classList.toggle('paused', shown);
  };

  const stopCountdown = (): void => {
    clearInterval(countdown);
    countdown = undefined;
  };

  const waitOr = (ready: () => void): void => {
    stopCountdown();
    showWait(remainingMs() > 0);
    if (remainingMs() <= 0) {
      ready();
      return;
    }
    live.textContent = `${words.waitTitle} – ${words.waitText}`;
    const tick = (): void => {
      const left = remainingMs();
      if (left > 0) {
        timeLeft.textContent = clockTime(left);
        return;
      }
      stopCountdown();
      showWait(false);
      say('plain', words.pinHint);
    };
    countdown = setInterval(tick, 500);
    tick();
  };

  const show = (next: UnlockNotice): void => {
    switch (next.kind) {
      case 'ready':
        waitOr(() => {
          say('plain', words.pinHint, false);
        });
        return;
      case 'wrong-pin':
        waitOr(() => {
          say('wrong', words.pinWrong);
        });
        return;
      case 'checking':
        enable(false);
        say(
          'busy',
          next.share === undefined
            ? words.checkingPin
            : words.checkingPinSlowly(Math.round(next.share * 100)),
          next.share === undefined,
          next.share ?? 0.1,
        );
        return;
      case 'signing':
        enable(false);
        say('busy', words.signing, true, 1);
        return;
      case 'asking':
        enable(false);
        say('busy', words.asking, true, 1);
    }
  };

  const entry = element(
    'section',
    { class: 'pin', 'aria-label': words.pinTitle },
    element('h2', {}, words.pinTitle),
    pad.dots,
    notice,
    live,
    element('div', { class: 'keys' }, pad.body, submit, waiting),
  );
  const body = element(
    'div',
    { class: 'unlock' },
    cardDrawing(words, card),
    entry,
    element(
      'p',
      { class: 'hint' },
      element('strong', {}, words.recogniseTitle),
      ' ',
      words.recognise(card.userInfo.loginName),
    ),
  );
  show({ kind: 'ready' });

  return {
    body,
    show,
    close: () => {
      stopCountdown();
      pad.close();
    },
  };
};

/** 75,000 → '1:15'. */
const clockTime = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const bar = (share: number): HTMLElement => {
  // <progress> draws its share by itself; a style attribute would be outside the page's policy.
  const progress = element('progress', { max: '1', value: share.toFixed(3), 'aria-hidden': 'true' });
  return progress;
};
