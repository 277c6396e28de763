import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { TransferRequest } from '../../shared/operator-api/index.ts';
import type { Result } from '../../shared/result/index.ts';
import { findDialogue, startDialogue } from '../dialogue/start-dialogue.ts';
import { askAgain, takeStep, viewOf } from '../dialogue/take-step.ts';
import type { Operator, PartnerBank } from '../operator.ts';
import { registerPhone, registrationCode } from '../registration/register-phone.ts';
import type { DialogueRow, PhoneSessionRow } from '../store/tables.ts';
import { html, type Html } from './html.ts';
import { formatAccount, parseAccount, parseMoney, parsePhone } from './money.ts';
import { layout, type PageFrame } from './pages/layout.ts';
import { choosePage, homePage, registerPage, type RegisterView } from './pages/start-pages.ts';
import { transferPage, type TransferPage } from './pages/transfer-pages.ts';
import { closeSession, isOwnForm, openSession, sessionOf, setLocale } from './sessions.ts';
import { wordsIn } from './words/index.ts';

/**
 * The pages of the phone (S3, entry by WAP pages). Every form is answered with a redirect, so going back and
 * reloading are harmless; where a dialogue stands is in the database, not in the page.
 *
 * ```
 *   /            which SIM (training), then the banks
 *   /register/…  102 to 108
 *   /transfers   begins one ──▶ /transfers/{id}: payee, payer, amount, confirm, result
 * ```
 */
export const servePhone = (server: FastifyInstance, operator: Operator): void => {
  server.get('/', async (request, reply) => {
    const session = await sessionOf(operator, request, reply);
    const sim = await simOf(operator, session);
    if (!sim) {
      const frame = frameOf(operator, session, undefined, '/');
      return show(reply, frame, frame.words.choose.title, choosePage(frame, await simsIn(operator, session)));
    }
    const frame = frameOf(operator, session, sim.phone_number, '/');
    const banks = await Promise.all(
      [...operator.banks.values()].map(async (bank) => ({
        bankId: bank.bankId,
        name: nameOf(bank, session),
        registered: (await registrationCode(operator, bank.bankId, sim.imsi)) === '00',
      })),
    );
    const registered = new URL(request.url, 'https://here').searchParams.has('registered');
    return show(reply, frame, frame.words.home.title, homePage(frame, banks, registered));
  });

  post(server, operator, '/language', async ({ session, form }, reply) => {
    const locale = form.locale === 'en' ? 'en' : 'zh-CN';
    await setLocale(operator, session, locale);
    const path = form.path ?? '/';
    // Only a path of our own: `//elsewhere` is a host.
    return reply.redirect(/^\/(?![/\\])[\w/?=-]*$/.test(path) ? path : '/', 303);
  });

  post(server, operator, '/sim', async ({ session, form }, reply) => {
    const known = await operator.db
      .selectFrom('subscribers')
      .select('imsi')
      .where('imsi', '=', form.imsi ?? '')
      .executeTakeFirst();
    if (known) {
      await closeSession(operator, session);
      await openSession(operator, reply, known.imsi, session.locale);
    }
    return reply.redirect('/', 303);
  });

  post(server, operator, '/sim/leave', async ({ session }, reply) => {
    await closeSession(operator, session);
    await openSession(operator, reply, null, session.locale);
    return reply.redirect('/', 303);
  });

  server.get('/register/:bank', async (request, reply) => {
    const session = await sessionOf(operator, request, reply);
    const sim = await simOf(operator, session);
    const bank = operator.banks.get(bankParam.parse(request.params).bank);
    if (!sim || !bank) return reply.redirect('/', 303);
    return showRegister(operator, reply, session, sim, bank, '', undefined);
  });

  post(server, operator, '/register/:bank', async ({ session, form, params }, reply) => {
    const sim = await simOf(operator, session);
    const bank = operator.banks.get(bankParam.parse(params).bank);
    if (!sim || !bank) return reply.redirect('/', 303);
    const typed = form.number ?? '';
    const again = (problem: RegisterView['problem']) =>
      showRegister(operator, reply, session, sim, bank, typed, problem);
    const phoneNumber = parsePhone(typed);
    if (phoneNumber === undefined) return again('badNumber');
    const registered = await registerPhone(operator, bank, sim.imsi, phoneNumber);
    if (!registered.ok) {
      const { code } = registered.fault;
      if (code === 'subscriber-mismatch') return again('otherNumber');
      return again(code === 'operator-key-unknown' ? 'noKeys' : 'unreachable');
    }
    return registered.value === '00'
      ? reply.redirect('/?registered', 303)
      : again({ code: registered.value });
  });

  post(server, operator, '/transfers', async ({ session, form }, reply) => {
    const bank = operator.banks.get(form.bank ?? '');
    if (!bank || session.imsi === null) return reply.redirect('/', 303);
    const started = await startDialogue(operator, bank, session.imsi);
    if (started.ok) return reply.redirect(`/transfers/${started.value}`, 303);
    const problem = started.fault.code === 'operator-key-unknown' ? 'noKeys' : 'expired';
    return showProblem(operator, reply, session, problem);
  });

  server.get('/transfers/:id', async (request, reply) => {
    const session = await sessionOf(operator, request, reply);
    const row = await dialogueOf(operator, session, request.params);
    if (!row.ok) return showProblem(operator, reply, session, 'expired');
    return showTransfer(operator, reply, session, row.value, {});
  });

  post(server, operator, '/transfers/:id', async ({ session, form, params }, reply) => {
    const row = await dialogueOf(operator, session, params);
    if (!row.ok) return showProblem(operator, reply, session, 'expired');
    const read = readStep(row.value, form);
    if ('mistyped' in read) {
      // A page from before: what it asks for is not what is wanted now.
      if (form.number !== String(row.value.number))
        return reply.redirect(`/transfers/${row.value.dialogue_id}`, 303);
      return showTransfer(operator, reply, session, row.value, read);
    }
    const taken = await takeStep(operator, row.value, Number(form.number), read.step, read.password);
    logFault(operator, taken);
    return reply.redirect(`/transfers/${row.value.dialogue_id}`, 303);
  });

  post(server, operator, '/transfers/:id/again', async ({ session, params }, reply) => {
    const row = await dialogueOf(operator, session, params);
    if (!row.ok) return showProblem(operator, reply, session, 'expired');
    logFault(operator, await askAgain(operator, row.value));
    return reply.redirect(`/transfers/${row.value.dialogue_id}`, 303);
  });

  post(server, operator, '/transfers/:id/cancel', async ({ session, form, params }, reply) => {
    const row = await dialogueOf(operator, session, params);
    if (!row.ok) return showProblem(operator, reply, session, 'expired');
    logFault(operator, await takeStep(operator, row.value, Number(form.number), { kind: 'cancel' }));
    return reply.redirect(`/transfers/${row.value.dialogue_id}`, 303);
  });
};

interface Posted {
  readonly session: PhoneSessionRow;
  readonly form: Readonly<Partial<Record<string, string>>>;
  readonly params: unknown;
}

const formSchema = z.record(z.string(), z.string().max(400));
const bankParam = z.object({ bank: z.string().max(64) });
const dialogueParam = z.object({ id: z.string().max(64) });

/** A form of a page of ours: one from elsewhere, or of a session that is over, leads to the start. */
const post = (
  server: FastifyInstance,
  operator: Operator,
  path: string,
  handle: (posted: Posted, reply: FastifyReply) => Promise<FastifyReply>,
): void => {
  server.post(path, async (request, reply) => {
    const session = await sessionOf(operator, request, reply);
    const form = formSchema.safeParse(request.body);
    if (!form.success || !isOwnForm(session, form.data.csrf) || !isOwnOrigin(request))
      return reply.redirect('/', 303);
    return handle({ session, form: form.data, params: request.params }, reply);
  });
};

const isOwnOrigin = ({ headers }: FastifyRequest): boolean =>
  headers.origin === undefined ||
  headers.origin === 'null' ||
  headers.origin === `https://${headers.host ?? ''}`;

const simOf = async (operator: Operator, session: PhoneSessionRow) =>
  session.imsi === null
    ? undefined
    : operator.db.selectFrom('subscribers').selectAll().where('imsi', '=', session.imsi).executeTakeFirst();

const simsIn = async (operator: Operator, session: PhoneSessionRow) => {
  const rows = await operator.db.selectFrom('subscribers').selectAll().orderBy('phone_number').execute();
  return rows.map((row) => ({
    imsi: row.imsi,
    phoneNumber: row.phone_number,
    label: session.locale === 'en' ? row.label_latin : row.label,
  }));
};

const dialogueOf = (
  operator: Operator,
  session: PhoneSessionRow,
  params: unknown,
): Promise<Result<DialogueRow>> => findDialogue(operator, dialogueParam.parse(params).id, session.imsi ?? '');

const readStep = (
  row: DialogueRow,
  form: Posted['form'],
):
  | { readonly step: TransferRequest['step']; readonly password?: string }
  | Required<Pick<TransferPage, 'mistyped' | 'typed'>> => {
  const view = viewOf(row);
  const account = parseAccount(form.account ?? '');
  if (row.stage === 'payee')
    return account === undefined
      ? { mistyped: 'account', typed: form.account ?? '' }
      : { step: { kind: 'payee', payeeAccount: account } };
  if (row.stage === 'payer') {
    if (account === undefined) return { mistyped: 'account', typed: form.account ?? '' };
    const password = (form.password ?? '').normalize('NFKC');
    return /^\d{4,12}$/.test(password)
      ? { step: { kind: 'payer', payerAccount: account }, password }
      : { mistyped: 'password', typed: formatAccount(account) };
  }
  if (row.stage === 'amount') {
    const currency = view.currency ?? 'CNY';
    const amount = parseMoney(form.amount ?? '', currency);
    return amount === undefined
      ? { mistyped: 'amount', typed: form.amount ?? '' }
      : { step: { kind: 'amount', amount, currency } };
  }
  return { step: { kind: 'confirm', order: view.order ?? '' } };
};

const showTransfer = (
  operator: Operator,
  reply: FastifyReply,
  session: PhoneSessionRow,
  row: DialogueRow,
  typed: Pick<TransferPage, 'mistyped' | 'typed'>,
): FastifyReply => {
  const frame = frameOf(operator, session, row.phone_number, `/transfers/${row.dialogue_id}`);
  const isOver = row.stage === 'done' || row.stage === 'ended';
  const late = !isOver && row.pending === null && row.expires_at <= operator.clock().toISOString();
  const view = viewOf(row);
  const { title, body } = transferPage(frame, {
    dialogueId: row.dialogue_id,
    bankId: row.bank_id,
    number: row.number,
    stage: late ? 'ended' : row.stage,
    view: late ? { ...view, refused: { code: '68' } } : view,
    waiting: row.pending !== null,
    ...typed,
  });
  return show(reply, frame, title, body);
};

const showRegister = (
  operator: Operator,
  reply: FastifyReply,
  session: PhoneSessionRow,
  sim: { readonly imsi: string; readonly phone_number: string },
  bank: PartnerBank,
  typed: string,
  problem: RegisterView['problem'],
): FastifyReply => {
  const frame = frameOf(operator, session, undefined, `/register/${encodeURIComponent(bank.bankId)}`);
  const view = { bankId: bank.bankId, bankName: nameOf(bank, session), imsi: sim.imsi, typed, problem };
  return show(reply, frame, frame.words.register.title, registerPage(frame, view));
};

const showProblem = (
  operator: Operator,
  reply: FastifyReply,
  session: PhoneSessionRow,
  problem: 'expired' | 'noKeys',
): FastifyReply => {
  const frame = frameOf(operator, session, undefined, '/');
  const body = html`<h1>${frame.words.problem.title}</h1>
    <p class="lead">${frame.words.problem[problem]}</p>
    <a class="go" href="/">${frame.words.goHome}</a>`;
  return show(reply.code(404), frame, frame.words.problem.title, body);
};

const show = (reply: FastifyReply, frame: PageFrame, title: string, body: Html): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(layout(frame, title, body));

const frameOf = (
  operator: Operator,
  session: PhoneSessionRow,
  phoneNumber: string | undefined,
  path: string,
): PageFrame => ({
  locale: session.locale,
  words: wordsIn(session.locale),
  operatorName: session.locale === 'en' ? operator.nameLatin : operator.name,
  phoneNumber,
  csrfToken: session.csrf_token,
  path,
});

const nameOf = (bank: PartnerBank, session: PhoneSessionRow): string =>
  session.locale === 'en' ? bank.nameLatin : bank.name;

const logFault = (operator: Operator, result: Result<void>): void => {
  if (!result.ok) operator.log.warn({ fault: result.fault.code }, 'step not taken');
};
