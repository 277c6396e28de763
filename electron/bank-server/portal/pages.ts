import type { Account } from '../../shared/domain/index.ts';
import type { BankIdentity } from '../bank.ts';
import type { CardFile } from '../registry/card-record.ts';
import { html, type Html } from './html.ts';
import { style } from './style.ts';
import { wordsIn, type Language, type Refusal } from './words.ts';

// Made apart from the template: its hash is in the policy, so not one space may change.
const styleElement: Html = { html: `<style>${style}</style>` };

/** What every page shows around its own content. */
export interface Frame {
  readonly identity: BankIdentity;
  readonly training: boolean;
  readonly portalOrigin: string;
  readonly styleSheets: readonly string[];
  readonly language: Language;
  /** Path of this page for the language link; a page that answers a POST names one that can be opened. */
  readonly path: string;
}

const page = (frame: Frame, title: string, content: Html): string => {
  const { identity, language } = frame;
  const words = wordsIn[language];
  const other: Language = language === 'en' ? 'zh-CN' : 'en';
  const name = language === 'en' ? identity.bankNameLatin.replace(/ \(.*\)$/, '') : identity.bankName;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#faf8f3" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#161a1a" media="(prefers-color-scheme: dark)" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title} · ${name}</title>
        ${frame.styleSheets.map((path) => html`<link rel="stylesheet" href="${path}" />`)} ${styleElement}
      </head>
      <body>
        ${frame.training ? html`<div class="training">${words.training}</div>` : undefined}
        <div class="page">
          <header>
            ${logo}
            <div class="bank">${name}<small>${words.bankTagline}</small></div>
            <a class="language" href="${frame.path}?lang=${other}" lang="${other}">${words.otherLanguage}</a>
          </header>
          <main>${content}</main>
          <footer>
            <p>${words.neverAsk}</p>
            <p>${words.connection} <span class="mono">${frame.portalOrigin.replace('https://', '')}</span></p>
          </footer>
        </div>
      </body>
    </html>`.html.replace(/\n\s+/g, '\n');
};

export const welcomePage = (frame: Frame): string => {
  const words = wordsIn[frame.language].welcome;
  return page(
    frame,
    words.title,
    html`${mark('card', 'good')}
      <h1>${words.title}</h1>
      <p>${words.text}</p>
      <div class="seal"><p>${words.how}</p></div>`,
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
  const date = (iso: string, time: boolean) =>
    new Intl.DateTimeFormat(frame.language, {
      dateStyle: 'long',
      ...(time && { timeStyle: 'short' }),
      timeZone: 'Asia/Shanghai',
    }).format(new Date(iso));
  return page(
    frame,
    menu.accounts,
    html`<h1>${menu.greeting(customerName)}</h1>
      <p>${previousLoginAt === null ? menu.firstLogin : menu.lastLogin(date(previousLoginAt, true))}</p>
      <ul class="accounts" aria-label="${menu.accounts}">
        ${accounts.map(
          (account) =>
            html`<li class="account">
              <div class="top">
                <span>${menu[account.kind]}</span><span class="mono">${masked(account.number)}</span>
              </div>
              <div class="balance">${money(account.balance, account.currency, frame.language)}</div>
            </li>`,
        )}
      </ul>
      <h2>${menu.yourCard}</h2>
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
    'session-expired',
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

/** 6230 **** **** 2345 */
const masked = (number: string): string => `${number.slice(0, 4)} •••• ${number.slice(-4)}`;

const money = (balance: number, currency: string, language: Language): string =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).format(balance / 100);

const noticeBox = (kind: 'stop' | 'careful', text: string): Html =>
  html`<div class="notice ${kind}" role="alert" id="notice">
    ${icons[kind === 'stop' ? 'stop' : 'clock']}
    <p>${text}</p>
  </div>`;

const mark = (icon: keyof typeof icons, kind: 'stop' | 'careful' | 'good'): Html =>
  html`<div class="mark ${kind}" aria-hidden="true">${icons[icon]}</div>`;

const icon = (path: string): Html => ({
  html: `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`,
});

const icons = {
  stop: icon(
    '<path d="M8.3 2.8h7.4l5.5 5.5v7.4l-5.5 5.5H8.3l-5.5-5.5V8.3Z"/><path d="M12 7.5v5.5M12 16.4v.1"/>',
  ),
  clock: icon('<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>'),
  check: icon('<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.7L16 9.6"/>'),
  card: icon(
    '<path d="M6.5 2.8h8.2l3.5 3.6v13a1.8 1.8 0 0 1-1.8 1.8H6.5a1.8 1.8 0 0 1-1.8-1.8V4.6a1.8 1.8 0 0 1 1.8-1.8Z"/><path d="M8.5 6v3M11.2 6v3M13.9 6.6V9M8.5 16.5h6"/>',
  ),
} as const;

/** An islet in calm water. */
const logo: Html = {
  html: `<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="11" fill="#0f6e63"/><path d="M8 24c3.5-8 7-12.5 10.500-12.500 2.600 0 4.200 2.300 5.700 5.200 1-1.400 2-2.200 3.200-2.200 2.200 0 3.700 4 5.100 9.500Z" fill="#f7f3e8"/><path d="M6 28.500c3 0 3-1.800 6-1.800s3 1.800 6 1.800 3-1.800 6-1.800 3 1.800 6 1.800 2.500-1.200 4-1.600M11 32.700c2.400 0 2.400-1.400 4.800-1.400s2.400 1.400 4.800 1.400 2.400-1.400 4.800-1.400 2.400 1.400 4.600 1.400" fill="none" stroke="#8fd0c3" stroke-width="1.700" stroke-linecap="round"/></svg>`,
};
