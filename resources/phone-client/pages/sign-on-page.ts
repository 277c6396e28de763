import type { Card } from '../credential/load-card.ts';
import type { Words } from '../text/words.ts';
import { cardDrawing } from './card-drawing.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** What the page says above its button. */
export type SignOnNotice =
  | { readonly kind: 'ready' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** No password is taken before this time (ms since 1970). */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'silent' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'answering' };

export interface SignOnPage extends Page {
  show(notice: SignOnNotice): void;
}

/**
 * Name and password (S4, 104), after the bank has found the certificate good.
 * @param previousLoginAt what only this card's bank knows, shown so that the customer recognises it.
 */
export const signOnPage = (
  words: Words,
  card: Card,
  previousLoginAt: string | null,
  onSubmit: (loginName: string, password: string) => Promise<void>,
  onStartAgain: () => void,
): SignOnPage => {
  const { signOn } = words;
  const name = element('input', {
    ...{ id: 'login-name', type: 'text', value: card.userInfo.loginName, maxlength: '80', required: '' },
    ...{ autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' },
  });
  // Not for the browser to keep: the next one to open this file may be somebody else.
  const password = element('input', {
    ...{ id: 'login-password', type: 'password', maxlength: '128', required: '' },
    ...{ autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' },
  });
  const notice = element('p', { class: 'notice', role: 'status' });
  const submit = element('button', { type: 'submit', class: 'primary' }, words.signIn);
  const again = element('button', { type: 'button', class: 'secondary' }, words.startAgain);
  again.addEventListener('click', onStartAgain);
  let countdown: ReturnType<typeof setInterval> | undefined;

  const say = (tone: 'plain' | 'wrong' | 'busy', text: string): void => {
    notice.className = `notice ${tone}`;
    notice.replaceChildren(...(tone === 'wrong' ? [icon('wrong')] : []), element('span', {}, text));
  };
  const enable = (enabled: boolean): void => {
    for (const control of [name, password, submit]) control.disabled = !enabled;
  };
  const stop = (): void => {
    clearInterval(countdown);
    countdown = undefined;
  };

  const waitUntil = (until: number): void => {
    const tick = (): void => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds > 0) {
        say('wrong', signOn.wait(seconds));
        return;
      }
      stop();
      enable(true);
      say('plain', signOn.hint);
    };
    enable(false);
    countdown = setInterval(tick, 500);
    tick();
  };

  const show = (next: SignOnNotice): void => {
    stop();
    enable(next.kind !== 'checking' && next.kind !== 'answering');
    switch (next.kind) {
      case 'ready':
        say('plain', signOn.hint);
        return;
      case 'wrong':
        say('wrong', signOn.wrong(next.triesLeft));
        password.focus();
        return;
      case 'wait':
        waitUntil(next.until);
        return;
      case 'silent':
        say('wrong', words.said.silent.title);
        return;
      case 'checking':
        say('busy', words.asking);
        return;
      case 'answering':
        say('busy', signOn.answering);
    }
  };

  const form = element(
    'form',
    { class: 'sign-on', novalidate: '' },
    element('p', { class: 'step' }, icon('done'), signOn.certificateGood(card.userInfo.bankName)),
    element('p', { class: 'before' }, signOn.before(previousLoginAt)),
    element('label', { for: 'login-name' }, words.loginName),
    name,
    element('label', { for: 'login-password' }, signOn.password),
    password,
    notice,
    submit,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    const typed = password.value;
    if (name.value === '' || typed === '') {
      say('wrong', signOn.empty);
      return;
    }
    password.value = '';
    onSubmit(name.value, typed).catch(() => {
      show({ kind: 'silent' });
    });
  });
  return {
    body: element('div', { class: 'signing-on' }, cardDrawing(words, card), form, again),
    show,
    close: () => {
      stop();
      password.value = '';
    },
  };
};
