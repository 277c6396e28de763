import type { ResponseCode } from '../../../shared/operator-api/index.ts';
import { html, type Html } from '../html.ts';
import { formatPhone } from '../money.ts';
import { wordsIn, type Locale, type PhoneWords } from '../words/index.ts';

/** What every page knows. */
export interface PageFrame {
  readonly locale: Locale;
  readonly words: PhoneWords;
  readonly operatorName: string;
  readonly phoneNumber: string | undefined;
  readonly csrfToken: string;
  /** Where to come back to after the language was changed. */
  readonly path: string;
}

export const layout = (frame: PageFrame, title: string, body: Html): string => {
  const { words, locale } = frame;
  const other: Locale = locale === 'en' ? 'zh-CN' : 'en';
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${frame.operatorName}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <div class="training">${words.training}</div>
        <header>
          ${mark}
          <div class="who">
            <strong>${frame.operatorName}</strong>
            <span>${frame.phoneNumber === undefined ? words.service : formatPhone(frame.phoneNumber)}</span>
          </div>
          <form class="plain" method="post" action="/language">
            ${hidden({ csrf: frame.csrfToken, locale: other, path: frame.path })}
            <button class="link" lang="${other}">${wordsIn(locale).otherLanguage}</button>
          </form>
        </header>
        <main>${body}</main>
      </body>
    </html>`.html;
};

export const hidden = (fields: Readonly<Record<string, string | number>>): Html[] =>
  Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );

export const steps = (words: PhoneWords, at: number): Html => html`
  <ol class="steps" aria-label="${words.step(at, 5)}">
    ${[1, 2, 3, 4, 5].map((each) => html`<li class="${each < at ? 'done' : each === at ? 'now' : ''}"></li>`)}
  </ol>
`;

/** The network's standard wording, with its code, and what to do. */
export const refusal = (words: PhoneWords, code: ResponseCode, triesLeft: number | undefined): Html => {
  const { standard, advice } = words.codes[code];
  return notice(
    code === '75' || code === '62' || code === '57' ? 'stop' : 'careful',
    `${standard} (${code})`,
    triesLeft === undefined ? advice : `${advice} ${words.triesLeft(triesLeft)}`,
  );
};

export const notice = (kind: 'careful' | 'stop', title: string, text: string): Html => html`
  <div class="notice ${kind}" role="alert">
    ${kind === 'stop' ? octagon : triangle}
    <div>
      <strong>${title}</strong>
      <p>${text}</p>
    </div>
  </div>
`;

const mark = html`<svg class="mark" viewBox="0 0 32 32" fill="none" aria-hidden="true">
  <rect x="1" y="1" width="30" height="30" rx="9" fill="currentColor" />
  <path d="M7 20c3 0 3-8 6-8s3 8 6 8 3-8 6-8" stroke="#fff" stroke-width="2.4" stroke-linecap="round" />
</svg>`;

const triangle = html`<svg
  viewBox="0 0 22 22"
  fill="none"
  stroke="currentColor"
  stroke-width="1.8"
  aria-hidden="true"
>
  <path d="M11 3 20 19H2Z" stroke-linejoin="round" />
  <path d="M11 9v4.5M11 16v.2" stroke-linecap="round" />
</svg>`;

const octagon = html`<svg
  viewBox="0 0 22 22"
  fill="none"
  stroke="currentColor"
  stroke-width="1.8"
  aria-hidden="true"
>
  <path d="M7.3 2h7.4L20 7.3v7.4L14.7 20H7.3L2 14.7V7.3Z" stroke-linejoin="round" />
  <path d="M11 7v5M11 15v.2" stroke-linecap="round" />
</svg>`;
