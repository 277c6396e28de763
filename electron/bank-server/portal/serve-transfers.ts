import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  newOrderId,
  placeOrder,
  readOrder,
  receiptOf,
  refuseOrder,
  shownOrder,
} from '../transactions/transfer-orders.ts';
import {
  endedPage,
  receiptPage,
  transferPage,
  waitingPage,
  type OwnAccount,
  type TransferForm,
} from './account-pages.ts';
import { transferWordsIn, type TransferProblem } from './account-words.ts';
import { fieldOf, frameOf, isOwnForm, refuse, sessionIdOf, show, type Room } from './room.ts';
import { ownAccount, ownAccounts } from './serve-accounts.ts';
import { readSession, type PortalSession } from './sessions.ts';

/** How often the page that waits for the card asks again, in seconds. */
const LOOK_AGAIN_SECONDS = 4;

/** S1 steps 6 to 8 at the website: the form, the wait for the second OTP or signature, the receipt. */
export const serveTransfers = (server: FastifyInstance, room: Room): void => {
  const { bank } = room;

  /** The page for whoever is signed in, or why there is none. */
  const signedIn =
    (
      answer: (
        request: FastifyRequest<{ Params: { id: string } }>,
        reply: FastifyReply,
        session: PortalSession,
      ) => Promise<FastifyReply>,
    ) =>
    async (
      request: FastifyRequest<{ Params: { id: string } }>,
      reply: FastifyReply,
    ): Promise<FastifyReply> => {
      const session = await readSession(bank, sessionIdOf(request), 'signed-in');
      if (!session.ok) return refuse(room, request, reply, session.fault);
      if (request.method === 'POST' && !isOwnForm(bank, request, session.value))
        return refuse(room, request, reply, { code: 'session-expired', data: {} });
      return answer(request, reply, session.value);
    };

  server.get(
    '/transfer',
    signedIn(async (request, reply, { row, file }) => {
      const accounts = await ownAccounts(bank, file.card.customer_id);
      if (!accounts.ok) return refuse(room, request, reply, accounts.fault);
      const form = { orderId: newOrderId(), payer: '1', payee: '', payeeName: '', amount: '', memo: '' };
      const frame = frameOf(room, request, reply, '/transfer');
      return show(reply, transferPage(frame, accounts.value, form, row.csrf_token));
    }),
  );

  server.post(
    '/transfer',
    signedIn(async (request, reply, { row, file }) => {
      const accounts = await ownAccounts(bank, file.card.customer_id);
      if (!accounts.ok) return refuse(room, request, reply, accounts.fault);
      const form = formOf(request);
      const placed = await place(room, request, file.card, form, accounts.value);
      if (placed === undefined) return reply.redirect(`/orders/${form.orderId}`, 303);
      request.log.info({ fault: placed, cardId: file.card.card_id }, 'refused');
      const frame = frameOf(room, request, reply, '/transfer');
      // The id of an order that exists already is not given again.
      const again = placed === 'order-unknown' ? { ...form, orderId: newOrderId() } : form;
      return show(reply, transferPage(frame, accounts.value, again, row.csrf_token, placed), 422);
    }),
  );

  server.get(
    '/orders/:id',
    signedIn(async (request, reply, { row, file }) => {
      const { id } = request.params;
      const order = await readOrder(bank, id, file.card.card_id);
      if (!order.ok) return refuse(room, request, reply, { code: 'unknown-call', data: {} });
      const frame = frameOf(room, request, reply, `/orders/${encodeURIComponent(id)}`);
      const shown = shownOrder(order.value);
      const receipt = receiptOf(order.value);
      if (receipt !== undefined) return show(reply, receiptPage(frame, shown, receipt));
      const { state, fault, expires_at: expiresAt } = order.value;
      if (state === 'refused' || state === 'expired')
        return show(reply, endedPage(frame, shown, state, fault === null ? undefined : problemOf(fault)));
      reply.header('Refresh', String(LOOK_AGAIN_SECONDS));
      return show(reply, waitingPage(frame, shown, expiresAt, row.csrf_token));
    }),
  );

  server.post(
    '/orders/:id/cancel',
    signedIn(async (request, reply, { file }) => {
      const { id } = request.params;
      // Decided meanwhile: the page of the order says how.
      await refuseOrder(bank, id, file.card.card_id);
      return reply.redirect(`/orders/${encodeURIComponent(id)}`, 303);
    }),
  );

  // The phone client's link comes from a file: the browser keeps the session's cookie back until a page of
  // this site leads on.
  server.get<{ Params: { id: string } }>('/back/:id', (request, reply) => {
    const { id } = request.params;
    return reply
      .header('Refresh', `0; url=/orders/${encodeURIComponent(id)}`)
      .type('text/html')
      .send('');
  });
};

const formOf = (request: FastifyRequest): TransferForm => {
  const line = (name: string, longest: number): string =>
    fieldOf(request, name)
      .normalize('NFKC')
      // A line break would end a line of what is signed.
      .replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, ' ')
      .trim()
      .slice(0, longest);
  return {
    orderId: fieldOf(request, 'orderId'),
    payer: line('payer', 2),
    payee: line('payee', 40),
    payeeName: line('payeeName', 60),
    amount: line('amount', 20),
    memo: line('memo', 40),
  };
};

/** Undefined: it waits for the card now. */
const place = async (
  { bank }: Room,
  request: FastifyRequest,
  card: { readonly card_id: string; readonly customer_id: string },
  form: TransferForm,
  accounts: readonly OwnAccount[],
): Promise<TransferProblem | undefined> => {
  const payer = ownAccount(accounts, form.payer);
  const payee = form.payee.replaceAll(/[\s-]/g, '');
  const amount = amountOf(form.amount);
  if (!/^[\w-]{22}$/.test(form.orderId)) return 'order-unknown';
  if (!payer.ok) return 'transfer-not-possible';
  if (!/^\d{6,34}$/.test(payee) || form.payeeName === '') return 'payee';
  if (amount === undefined) return 'amount';
  const placed = await placeOrder(bank, {
    orderId: form.orderId,
    cardId: card.card_id,
    customerId: card.customer_id,
    payer: payer.value.accountNumber,
    payee,
    payeeName: form.payeeName,
    amount,
    currency: payer.value.currency,
    memo: form.memo,
  });
  if (placed.ok) return undefined;
  request.log.info({ fault: placed.fault.code }, 'order refused');
  return problemOf(placed.fault.code);
};

/** "1,280.5" → 128050; at most two decimals. */
const amountOf = (text: string): number | undefined => {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(/[,\s]/g, ''));
  if (match === null) return undefined;
  const [, whole = '', part = ''] = match;
  const amount = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return amount > 0 ? amount : undefined;
};

const problemOf = (code: string): TransferProblem => {
  const known = Object.keys(transferWordsIn.en.transfer.problems) as TransferProblem[]; // the table's own keys
  if (code === 'account-unknown') return 'payee-mismatch';
  return known.find((each) => each === code) ?? 'order-unknown';
};
