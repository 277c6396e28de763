import type { Account } from '../../shared/domain/index.ts';
import type { CardFile } from '../registry/card-record.ts';
import { transferWordsIn } from './account-words.ts';
import { cardLoginPath } from './card-login-paths.ts';
import { dateOf, mark, masked, money, noticeBox, page, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { wordsIn, type Refusal } from './words.ts';

export const welcomePage = (frame: Frame, readerDoor: boolean): string => {
  const words = wordsIn[frame.language].welcome;
  return page(
    frame,
    words.title,
    html`${mark('card', 'good')}
      <h1>${words.title}</h1>
      <p>${words.text}</p>
      <div class="seal"><p>${words.how}</p></div>
      ${
        readerDoor
          ? html`<p class="apart">${words.withReader}</p>
              <a class="button quiet" href="${cardLoginPath}">${words.showCard}</a>`
          : undefined
      }`,
  );
};

/** S0 step 5: the login name is shown back, so that the customer recognises the bank before the password. */
export const passwordPage = (
  frame: Frame,
  form: {
    readonly loginName: string;
    readonly csrfToken: string;
    readonly problem?:
      | { readonly kind: 'wrong'; readonly triesLeft: number }
      | { readonly kind: 'delayed'; readonly seconds: number }
      | { readonly kind: 'empty' }
      | undefined;
  },
): string => {
  const words = wordsIn[frame.language].password;
  const { problem } = form;
  const notice = (): Html | undefined => {
    if (problem === undefined) return undefined;
    if (problem.kind === 'delayed') return noticeBox('careful', words.delayed(problem.seconds));
    if (problem.kind === 'empty') return noticeBox('careful', words.empty);
    return noticeBox('stop', problem.triesLeft === 1 ? words.lastTry : words.wrong(problem.triesLeft));
  };
  return page(
    frame,
    words.title,
    html`<h1>${words.title}</h1>
      <p>${words.text}</p>
      <div class="seal">
        <span>${words.loginName}</span>
        <div class="name">${form.loginName}</div>
        <p>${words.recognise}</p>
      </div>
      <form method="post" action="/login/password" class="${problem?.kind === 'wrong' ? 'wrong' : ''}">
        ${notice()}
        <input type="hidden" name="csrf" value="${form.csrfToken}" />
        <input
          type="text"
          name="username"
          value="${form.loginName}"
          autocomplete="username"
          readonly
          hidden
        />
        <label for="password">${words.label}</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          autocapitalize="none"
          spellcheck="false"
          maxlength="128"
          required
          autofocus
          ${problem?.kind === 'wrong' ? { html: 'aria-invalid="true" aria-describedby="notice"' } : ''}
        />
        <button type="submit">${words.submit}</button>
      </form>`,
  );
};

/** S4, 110: the card's answer was right; the customer sees whose accounts these are before they open. */
export const arrivalPage = (
  frame: Frame,
  form: { readonly loginName: string; readonly enterPath: string; readonly csrfToken: string },
): string => {
  const words = wordsIn[frame.language];
  return page(
    frame,
    words.arrival.title,
    html`${mark('check', 'good')}
      <h1>${words.arrival.title}</h1>
      <p>${words.arrival.text}</p>
      <div class="seal">
        <span>${words.password.loginName}</span>
        <div class="name">${form.loginName}</div>
        <p>${words.arrival.recognise}</p>
      </div>
      <form method="post" action="${form.enterPath}">
        <input type="hidden" name="csrf" value="${form.csrfToken}" />
        <button type="submit" autofocus>${words.arrival.submit}</button>
      </form>`,
  );
};

export interface MenuAccount extends Account {
  readonly balance: number;
}

/** S0 step 8. */
export const menuPage = (
  frame: Frame,
  { card, customerName, certificate }: CardFile,
  accounts: readonly MenuAccount[],
  previousLoginAt: string | null,
  csrfToken: string,
): string => {
  const { menu } = wordsIn[frame.language];
  const { history, transfer } = transferWordsIn[frame.language];
  const date = (iso: string, time: boolean) => dateOf(frame, iso, time);
  return page(
    frame,
    menu.accounts,
    html`<h1>${menu.greeting(customerName)}</h1>
      <p>${previousLoginAt === null ? menu.firstLogin : menu.lastLogin(date(previousLoginAt, true))}</p>
      <ul class="accounts" aria-label="${menu.accounts}">
        ${accounts.map(
          (account, at) =>
            html`<li>
              <a class="account" href="/accounts/${at + 1}">
                <span class="top">
                  <span>${menu[account.kind]}</span><span class="mono">${masked(account.number)}</span>
                </span>
                <span class="balance">${money(account.balance, account.currency, frame.language)}</span>
                <span class="more">${history.open}</span>
              </a>
            </li>`,
        )}
      </ul>
      <a class="button" href="/transfer">${transfer.open}</a>
      <h2 class="apart">${menu.yourCard}</h2>
      <dl>
        <div>
          <dt>${menu.medium}</dt>
          <dd>${menu.media[card.medium_kind]}</dd>
        </div>
        <div>
          <dt>${menu.cardId}</dt>
          <dd class="mono">${card.card_id}</dd>
        </div>
        ${
          certificate &&
          html`<div>
            <dt>${menu.validUntil}</dt>
            <dd>${date(certificate.not_after, false)}</dd>
          </div>`
        }
      </dl>
      <form method="post" action="/logout">
        <input type="hidden" name="csrf" value="${csrfToken}" />
        <button class="quiet" type="submit">${menu.signOut}</button>
      </form>`,
  );
};

export const goodbyePage = (frame: Frame): string => {
  const words = wordsIn[frame.language].goodbye;
  return page(
    frame,
    words.title,
    html`${mark('check', 'good')}
      <h1>${words.title}</h1>
      <p>${words.text}</p>`,
  );
};

/** What happened, what it means, what to do now. */
export const refusedPage = (frame: Frame, refusal: Refusal, requestId?: string): string => {
  const words = wordsIn[frame.language];
  const { happened, means, todo } = words.refusals[refusal];
  const retry = [
    'assertion-malformed',
    'assertion-expired',
    'assertion-replayed',
    'challenge-unknown',
    'session-expired',
    'bank-busy',
    'unknown-call',
  ];
  return page(
    frame,
    happened,
    html`${retry.includes(refusal) ? mark('clock', 'careful') : mark('stop', 'stop')}
      <h1>${happened}</h1>
      <p>${means}</p>
      <div class="seal"><p>${todo}</p></div>
      ${
        requestId === undefined
          ? undefined
          : html`<p>${words.reportNumber} <span class="mono">${requestId.slice(0, 8)}</span></p>`
      }`,
  );
};
