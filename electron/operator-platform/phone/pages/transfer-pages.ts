import type { DialogueView } from '../../dialogue/dialogue-view.ts';
import type { DialogueStage } from '../../store/tables.ts';
import { html, type Html } from '../html.ts';
import { formatAccount, formatMoney, maskAccount } from '../money.ts';
import { hidden, notice, refusal, steps, type PageFrame } from './layout.ts';

export interface TransferPage {
  readonly dialogueId: string;
  readonly bankId: string;
  readonly number: number;
  readonly stage: DialogueStage;
  readonly view: DialogueView;
  /** The bank has not answered the last message. */
  readonly waiting: boolean;
  /** What was typed cannot be sent. */
  readonly mistyped?: 'account' | 'password' | 'amount';
  /** Typed before; never a password. */
  readonly typed?: string;
}

/** Title and body of the page for where the dialogue stands. */
export const transferPage = (frame: PageFrame, page: TransferPage): { title: string; body: Html } => {
  const { words } = frame;
  if (page.waiting) return { title: words.waiting.title, body: waitingPage(frame, page) };
  switch (page.stage) {
    case 'payee':
      return { title: words.payee.title, body: payeePage(frame, page) };
    case 'payer':
      return { title: words.payer.title, body: payerPage(frame, page) };
    case 'amount':
      return { title: words.amount.title, body: amountPage(frame, page) };
    case 'confirm':
      return { title: words.confirm.title, body: confirmPage(frame, page) };
    case 'done':
      return { title: words.done.title, body: donePage(frame, page) };
    case 'ended':
      return { title: words.ended.title, body: endedPage(frame, page) };
  }
};

const payeePage = (frame: PageFrame, page: TransferPage): Html => html`
  ${steps(frame.words, 1)}
  <h1>${frame.words.payee.title}</h1>
  <p class="lead">${frame.words.payee.lead}</p>
  ${problem(frame, page)}
  ${form(
    frame,
    page,
    html`
      <label for="account">${frame.words.payee.account}</label>
      <input
        id="account"
        name="account"
        type="text"
        inputmode="numeric"
        autocomplete="off"
        value="${accountIn(page)}"
        required
        autofocus
      />
      <button class="go">${frame.words.next}</button>
    `,
  )}
`;

const payerPage = (frame: PageFrame, page: TransferPage): Html => html`
  ${steps(frame.words, 2)}
  <section class="sheet">
    <div class="eyebrow">${frame.words.payer.check}</div>
    <div class="payee">
      <div class="veil" aria-hidden="true"><i></i><i></i></div>
      <div class="last">${page.view.lastCharacter ?? ''}</div>
      <div class="mono">${maskAccount(page.view.payeeAccount ?? '')}</div>
    </div>
    <p class="hint">${frame.words.payer.checkHint}</p>
  </section>
  <h1>${frame.words.payer.title}</h1>
  ${problem(frame, page)}
  ${form(
    frame,
    page,
    html`
      <label for="account">${frame.words.payer.account}</label>
      <input
        id="account"
        name="account"
        type="text"
        inputmode="numeric"
        autocomplete="off"
        value="${accountIn(page)}"
        required
      />
      <label for="password">${frame.words.payer.password}</label>
      <input
        id="password"
        name="password"
        type="password"
        inputmode="numeric"
        autocomplete="off"
        maxlength="12"
        required
      />
      <p class="hint">${frame.words.payer.passwordHint}</p>
      <button class="go">${frame.words.payer.submit}</button>
    `,
  )}
`;

const amountPage = (frame: PageFrame, page: TransferPage): Html => html`
  ${steps(frame.words, 3)}
  <h1>${frame.words.amount.title}</h1>
  <p class="lead">
    ${frame.words.amount.from} <span class="mono">${maskAccount(page.view.payerAccount ?? '')}</span>
  </p>
  ${problem(frame, page)}
  ${form(
    frame,
    page,
    html`
      <div class="amount">
        <label for="amount">${`${frame.words.amount.amount} (${page.view.currency ?? ''})`}</label>
        <input
          id="amount"
          name="amount"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          value="${page.typed ?? ''}"
          required
          autofocus
        />
      </div>
      <button class="go">${frame.words.next}</button>
    `,
  )}
`;

/** A ring with a sign in it. */
const seal = (path: string, kind: 'done' | 'still'): Html => html`
  <svg
    class="${kind === 'still' ? 'seal still' : 'seal'}"
    viewBox="0 0 72 72"
    fill="none"
    stroke="currentColor"
    stroke-width="3"
    aria-hidden="true"
  >
    <circle cx="36" cy="36" r="33" />
    <path d="${path}" stroke-linecap="round" stroke-linejoin="round" />
  </svg>
`;

/** To whom and from where, as rows of a list. */
const accounts = ({ words }: PageFrame, { view }: TransferPage): Html => html`
  <div>
    <dt>${words.confirm.to}</dt>
    <dd>
      <span class="mono">${formatAccount(view.payeeAccount ?? '')}</span>
      <small>${words.confirm.nameEnds(view.lastCharacter ?? '')}</small>
    </dd>
  </div>
  <div>
    <dt>${words.confirm.from}</dt>
    <dd class="mono">${maskAccount(view.payerAccount ?? '')}</dd>
  </div>
`;

const confirmPage = (frame: PageFrame, page: TransferPage): Html => {
  const { words, locale } = frame;
  const { view } = page;
  const currency = view.currency ?? 'CNY';
  return html`
    ${steps(words, 4)}
    <h1>${words.confirm.title}</h1>
    <div class="total">${formatMoney(locale, view.amount ?? 0, currency)}</div>
    <section class="sheet">
      <dl>
        ${accounts(frame, page)}
        <div>
          <dt>${words.confirm.fee}</dt>
          <dd>
            ${
              view.fee === undefined || view.fee === 0
                ? words.confirm.noFee
                : formatMoney(locale, view.fee, currency)
            }
          </dd>
        </div>
      </dl>
    </section>
    ${problem(frame, page)} ${form(frame, page, html`<button class="go">${words.confirm.submit}</button>`)}
  `;
};

const donePage = (frame: PageFrame, page: TransferPage): Html => {
  const { words, locale, csrfToken } = frame;
  const { view } = page;
  return html`
    ${steps(words, 5)} ${seal('m23 37 9 9 18-19', 'done')}
    <h1 role="status">${words.done.title}</h1>
    <div class="total">${formatMoney(locale, view.amount ?? 0, view.currency ?? 'CNY')}</div>
    <section class="sheet">
      <dl>
        ${accounts(frame, page)}
        <div>
          <dt>${words.done.receipt}</dt>
          <dd class="mono">${view.receiptNumber ?? ''}</dd>
        </div>
        <div>
          <dt>${words.done.time}</dt>
          <dd>${formatTime(locale, view.bookedAt)}</dd>
        </div>
      </dl>
    </section>
    <form method="post" action="/transfers">
      ${hidden({ csrf: csrfToken, bank: page.bankId })}
      <button class="go">${words.done.again}</button>
    </form>
    <a class="link quiet" href="/">${words.goHome}</a>
  `;
};

const endedPage = ({ words }: PageFrame, page: TransferPage): Html => html`
  ${seal('M24 36h24', 'still')}
  <h1>${words.ended.title}</h1>
  ${
    page.view.refused
      ? refusal(words, page.view.refused.code, page.view.refused.triesLeft)
      : html`<p class="lead">${words.ended.cancelled}</p>`
  }
  <a class="go" href="/">${words.goHome}</a>
`;

const waitingPage = ({ words, csrfToken }: PageFrame, page: TransferPage): Html => html`
  ${seal('M36 20v17l11 7', 'still')}
  <h1>${words.waiting.title}</h1>
  <p class="lead" role="status">
    ${page.stage === 'confirm' ? words.waiting.confirmLead : words.waiting.lead}
  </p>
  <form method="post" action="/transfers/${page.dialogueId}/again">
    ${hidden({ csrf: csrfToken })}
    <button class="go">${words.waiting.again}</button>
  </form>
`;

const form = ({ words, csrfToken }: PageFrame, page: TransferPage, fields: Html): Html => html`
  <form method="post" action="/transfers/${page.dialogueId}" novalidate>
    ${hidden({ csrf: csrfToken, number: page.number })} ${fields}
  </form>
  <form class="quiet" method="post" action="/transfers/${page.dialogueId}/cancel">
    ${hidden({ csrf: csrfToken, number: page.number })}
    <button class="link">${words.cancel}</button>
  </form>
`;

/** What is wrong stays there to be corrected. */
const accountIn = (page: TransferPage): string => page.typed ?? formatAccount(page.view.typed ?? '');

const problem = ({ words }: PageFrame, page: TransferPage): Html | undefined => {
  if (page.mistyped !== undefined)
    return notice('careful', words.codes['30'].advice, words.typed[page.mistyped]);
  const { refused } = page.view;
  return refused && refusal(words, refused.code, refused.triesLeft);
};

const formatTime = (locale: PageFrame['locale'], time: string | undefined): string =>
  time === undefined
    ? ''
    : new Intl.DateTimeFormat(locale, {
        dateStyle: 'medium',
        timeStyle: 'short',
        timeZone: 'Asia/Shanghai',
      }).format(new Date(time));
