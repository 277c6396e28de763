import type { FastifyInstance } from 'fastify';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { ledgerNumber } from '../open-books.ts';
import { historyPage, type OwnAccount } from './account-pages.ts';
import { frameOf, refuse, sessionIdOf, show, type Room } from './room.ts';
import { readSession } from './sessions.ts';

const PAGE = 20;

/** The customer's accounts in the order of their numbers: a page names one by its place, so no URL holds a number. */
export const ownAccounts = async (
  { store, ledger }: Bank,
  customerId: string,
): Promise<Result<readonly OwnAccount[]>> => {
  const rows = await store.db
    .selectFrom('accounts')
    .select(['account_number', 'kind'])
    .where('customer_id', '=', customerId)
    .orderBy('account_number')
    .execute();
  const accounts: OwnAccount[] = [];
  for (const { account_number, kind } of rows) {
    const balance = await ledger.balance(ledgerNumber(account_number));
    if (!balance.ok) return balance;
    accounts.push({ ...balance.value, kind });
  }
  return ok(accounts);
};

/** By its place from 1. Fault: unknown-call. */
export const ownAccount = (accounts: readonly OwnAccount[], place: string): Result<OwnAccount> => {
  const account = /^[1-9]\d?$/.test(place) ? accounts[Number(place) - 1] : undefined;
  return account ? ok(account) : fail('unknown-call');
};

export const serveAccounts = (server: FastifyInstance, room: Room): void => {
  const { bank } = room;
  server.get<{ Params: { place: string } }>('/accounts/:place', async (request, reply) => {
    const session = await readSession(bank, sessionIdOf(request), 'signed-in');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    const accounts = await ownAccounts(bank, session.value.file.card.customer_id);
    if (!accounts.ok) return refuse(room, request, reply, accounts.fault);
    const { place } = request.params;
    const account = ownAccount(accounts.value, place);
    if (!account.ok) return refuse(room, request, reply, account.fault);
    const before = new URL(request.url, bank.portalOrigin).searchParams.get('before') ?? '';
    const movements = await bank.ledger.history(account.value.accountNumber, {
      count: PAGE + 1,
      ...(before !== '' && { before }),
    });
    if (!movements.ok) return refuse(room, request, reply, movements.fault);
    const shown = movements.value.slice(0, PAGE);
    const last = shown.at(-1);
    const older =
      last !== undefined && movements.value.length > PAGE
        ? `/accounts/${place}?before=${encodeURIComponent(last.position)}`
        : undefined;
    const frame = frameOf(room, request, reply, `/accounts/${place}`);
    return show(reply, historyPage(frame, account.value, shown, older));
  });
};
