import type { Balance, Movement, Receipt } from '../transactions/index.ts';
import type { TransferOrder } from '../../shared/bank-api/index.ts';
import { transferWordsIn, type TransferProblem } from './account-words.ts';
import { dateOf, grouped, mark, masked, money, noticeBox, page, type Frame } from './frame.ts';
import { html, type Html } from './html.ts';
import { wordsIn } from './words.ts';

/** One of the signed-in customer's own accounts, as the books have it. */
export interface OwnAccount extends Balance {
  readonly kind: 'current' | 'savings';
}

const menuLink = (frame: Frame): Html =>
  html`<a class="button quiet" href="/menu">${transferWordsIn[frame.language].back}</a>`;

export const historyPage = (
  frame: Frame,
  account: OwnAccount,
  movements: readonly Movement[],
  older: string | undefined,
): string => {
  const { history } = transferWordsIn[frame.language];
  const amount = (value: number) => money(value, account.currency, frame.language);
  return page(
    frame,
    history.title,
    html`<p>
        ${wordsIn[frame.language].menu[account.kind]}
        <span class="mono">${masked(account.accountNumber)}</span>
      </p>
      <h1 class="figure">${amount(account.balance)}</h1>
      <p>${history.available(amount(account.available))}</p>
      ${
        movements.length === 0
          ? html`<div class="seal"><p>${history.none}</p></div>`
          : html`<ol class="movements" aria-label="${history.title}">
              ${movements.map(
                (each) =>
                  html`<li>
                    <span class="what">
                      ${
                        each.counterpart === undefined
                          ? history.opening
                          : html`${each.amount < 0 ? history.to : history.from}
                              <span class="mono">${masked(each.counterpart)}</span>`
                      }
                      <small
                        >${dateOf(frame, each.bookedAt, true)}${each.memo === '' ? '' : ` · ${each.memo}`}</small
                      >
                    </span>
                    <span class="${each.amount < 0 ? 'sum' : 'sum in'}"
                      >${each.amount > 0 ? '+' : ''}${amount(each.amount)}</span
                    >
                  </li>`,
              )}
            </ol>`
      }
      ${older === undefined ? undefined : html`<a class="button quiet" href="${older}">${history.older}</a>`}
      ${menuLink(frame)}`,
  );
};

/** As typed, so that nothing is typed twice. */
export interface TransferForm {
  readonly orderId: string;
  readonly payer: string;
  readonly payee: string;
  readonly payeeName: string;
  readonly amount: string;
  readonly memo: string;
}

export const transferPage = (
  frame: Frame,
  accounts: readonly OwnAccount[],
  form: TransferForm,
  csrfToken: string,
  problem?: TransferProblem,
): string => {
  const { transfer } = transferWordsIn[frame.language];
  const { menu } = wordsIn[frame.language];
  const field = (name: keyof TransferForm, label: string, attributes: string, hint?: string): Html =>
    html`<label for="${name}"
        >${label}${hint === undefined ? undefined : html` <small>${hint}</small>`}</label
      >
      <input id="${name}" name="${name}" value="${form[name]}" autocomplete="off" ${{ html: attributes }} />`;
  return page(
    frame,
    transfer.title,
    html`<h1>${transfer.title}</h1>
      <p>${transfer.text}</p>
      <form method="post" action="/transfer" class="fields">
        ${problem === undefined ? undefined : noticeBox('careful', transfer.problems[problem])}
        <input type="hidden" name="csrf" value="${csrfToken}" />
        <input type="hidden" name="orderId" value="${form.orderId}" />
        <fieldset>
          <legend>${transfer.payer}</legend>
          ${accounts.map(
            (account, at) =>
              html`<label class="choice">
                <input
                  type="radio"
                  name="payer"
                  value="${at + 1}"
                  required
                  ${{ html: form.payer === String(at + 1) ? 'checked' : '' }}
                />
                <span
                  >${menu[account.kind]} <span class="mono">${masked(account.accountNumber)}</span
                  ><strong>${money(account.balance, account.currency, frame.language)}</strong></span
                >
              </label>`,
          )}
        </fieldset>
        ${field('payeeName', transfer.payeeName, 'required maxlength="60"', transfer.payeeNameHint)}
        ${field('payee', transfer.payee, 'required maxlength="34" inputmode="numeric" class="mono"')}
        ${field('amount', transfer.amount, 'required maxlength="14" inputmode="decimal" class="large"')}
        ${field('memo', transfer.memo, 'maxlength="40"', transfer.memoHint)}
        <button type="submit">${transfer.next}</button>
      </form>
      ${menuLink(frame)}`,
  );
};

/** Payee and amount as the card will show them. */
const orderTable = (frame: Frame, order: TransferOrder, further?: Html): Html => {
  const { transfer } = transferWordsIn[frame.language];
  return html`<div class="seal">
      <span>${transfer.payeeName}</span>
      <div class="name">${order.payeeName}</div>
      <div class="figure">${money(order.amount, order.currency, frame.language)}</div>
    </div>
    <dl>
      <div>
        <dt>${transfer.payee}</dt>
        <dd class="mono">${grouped(order.payee)}</dd>
      </div>
      <div>
        <dt>${transfer.payer}</dt>
        <dd class="mono">${masked(order.payer)}</dd>
      </div>
      ${
        order.memo === ''
          ? undefined
          : html`<div>
              <dt>${transfer.memo}</dt>
              <dd>${order.memo}</dd>
            </div>`
      }
      ${further}
    </dl>`;
};

/** Loads itself again until the card has spoken. */
export const waitingPage = (
  frame: Frame,
  order: TransferOrder,
  expiresAt: string,
  csrfToken: string,
): string => {
  const { confirm } = transferWordsIn[frame.language];
  const until = new Intl.DateTimeFormat(frame.language, {
    timeStyle: 'short',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(expiresAt));
  return page(
    frame,
    confirm.title,
    html`<h1>${confirm.title}</h1>
      <p>${confirm.text}</p>
      ${orderTable(frame, order)}
      <ol class="steps">
        ${confirm.steps.map((step) => html`<li>${step}</li>`)}
      </ol>
      <p class="quiet-line" role="status">${confirm.waiting(until)}</p>
      <a class="button" href="/orders/${order.orderId}">${confirm.look}</a>
      <form method="post" action="/orders/${order.orderId}/cancel">
        <input type="hidden" name="csrf" value="${csrfToken}" />
        <button class="quiet" type="submit">${confirm.cancel}</button>
      </form>`,
  );
};

export const receiptPage = (frame: Frame, order: TransferOrder, receipt: Receipt): string => {
  const { receipt: words } = transferWordsIn[frame.language];
  return page(
    frame,
    words.title,
    html`${mark('check', 'good')}
      <h1>${words.title}</h1>
      ${orderTable(
        frame,
        order,
        html`<div>
            <dt>${words.number}</dt>
            <dd class="mono">${receipt.receiptNumber}</dd>
          </div>
          <div>
            <dt>${words.bookedAt}</dt>
            <dd>${dateOf(frame, receipt.bookedAt, true)}</dd>
          </div>
          <div>
            <dt>${words.signature}</dt>
            <dd class="mono seal-text">${grouped(receipt.signature)}</dd>
            <dt>${words.signedBy(receipt.keyId)}</dt>
          </div>`,
      )}
      ${menuLink(frame)}`,
  );
};

export const endedPage = (
  frame: Frame,
  order: TransferOrder,
  how: 'refused' | 'expired',
  problem: TransferProblem | undefined,
): string => {
  const { ended, transfer } = transferWordsIn[frame.language];
  return page(
    frame,
    ended[how],
    html`${mark(how === 'expired' ? 'clock' : 'stop', 'careful')}
      <h1>${ended[how]}</h1>
      <p>${problem === undefined ? ended.nothing : transfer.problems[problem]}</p>
      ${orderTable(frame, order)}
      <a class="button" href="/transfer">${ended.again}</a>
      ${menuLink(frame)}`,
  );
};
