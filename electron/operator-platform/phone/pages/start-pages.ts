import type { ResponseCode } from '../../../shared/operator-api/index.ts';
import { html, type Html } from '../html.ts';
import { formatPhone } from '../money.ts';
import { hidden, notice, refusal, type PageFrame } from './layout.ts';

export interface SimChoice {
  readonly imsi: string;
  readonly phoneNumber: string;
  readonly label: string;
}

/** Training only: which SIM the phone holds. */
export const choosePage = ({ words, csrfToken }: PageFrame, sims: readonly SimChoice[]): Html => html`
  <h1>${words.choose.title}</h1>
  <p class="lead">${words.choose.lead}</p>
  ${sims.map(
    (sim) => html`
      <form class="sheet" method="post" action="/sim">
        ${hidden({ csrf: csrfToken, imsi: sim.imsi })}
        <div class="row">
          <div>
            <div class="name">${sim.label}</div>
            <div class="mono">${formatPhone(sim.phoneNumber)}</div>
          </div>
          <button class="link" aria-label="${`${words.choose.use} ${sim.label}`}">${words.choose.use}</button>
        </div>
      </form>
    `,
  )}
`;

export interface BankChoice {
  readonly bankId: string;
  readonly name: string;
  readonly registered: boolean;
}

export const homePage = (
  { words, csrfToken }: PageFrame,
  banks: readonly BankChoice[],
  justRegistered: boolean,
): Html => html`
  <h1>${words.home.title}</h1>
  <p class="lead" ${justRegistered && html`role="status"`}>
    ${justRegistered ? words.register.done : words.home.lead}
  </p>
  ${banks.map(
    (bank) => html`
      <section class="sheet">
        <div class="row">
          <div class="name">${bank.name}</div>
          <span class="pill ${bank.registered ? 'yes' : ''}">
            ${bank.registered ? words.home.registered : words.home.notRegistered}
          </span>
        </div>
        ${
          bank.registered
            ? html`<form method="post" action="/transfers">
                ${hidden({ csrf: csrfToken, bank: bank.bankId })}
                <button class="go">${words.home.transfer}</button>
              </form>`
            : html`<a class="go" href="/register/${encodeURIComponent(bank.bankId)}"
                >${words.home.register}</a
              >`
        }
      </section>
    `,
  )}
  <form class="quiet" method="post" action="/sim/leave">
    ${hidden({ csrf: csrfToken })}
    <button class="link">${words.home.leave}</button>
  </form>
`;

export interface RegisterView {
  readonly bankId: string;
  readonly bankName: string;
  readonly imsi: string;
  readonly typed: string;
  readonly problem:
    'badNumber' | 'otherNumber' | 'unreachable' | 'noKeys' | { readonly code: ResponseCode } | undefined;
}

export const registerPage = ({ words, csrfToken }: PageFrame, view: RegisterView): Html => html`
  <h1>${words.register.title}</h1>
  <p class="lead">${words.register.lead(view.bankName)}</p>
  ${problemOf(words, view)}
  <form method="post" action="/register/${encodeURIComponent(view.bankId)}" novalidate>
    ${hidden({ csrf: csrfToken })}
    <label>${words.register.sim}</label>
    <div class="mono">${view.imsi.replaceAll(/(.{3})(?=.)/g, '$1 ')}</div>
    <label for="number">${words.register.number}</label>
    <input id="number" name="number" type="tel" value="${view.typed}" autocomplete="tel" required autofocus />
    <button class="go">${words.register.submit}</button>
  </form>
  <a class="link quiet" href="/">${words.goHome}</a>
`;

const problemOf = (words: PageFrame['words'], { problem }: RegisterView): Html | undefined => {
  if (problem === undefined) return undefined;
  if (typeof problem === 'object') return refusal(words, problem.code, undefined);
  if (problem === 'unreachable' || problem === 'noKeys')
    return notice('careful', words.problem.title, words.problem[problem]);
  return notice('careful', words.register.title, words.register[problem]);
};
