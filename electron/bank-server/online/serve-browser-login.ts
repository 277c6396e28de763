import type { FastifyInstance } from 'fastify';
import { cardLoginPath, showCardPath } from '../portal/card-login-paths.ts';
import { cardHolderOf, type OnlineRoom } from './online-room.ts';
import { openTicket } from './tickets.ts';

/**
 * A browser shows the card in its reader (S2, 601 to 604): TLS has checked the key on the card when a request
 * comes here. The browser goes back to the portal with a ticket for one use within a minute, which is worth
 * something only in the browser that the portal sent (`state`).
 */
export const serveBrowserLogin = (server: FastifyInstance, room: OnlineRoom): void => {
  const { bank } = room;
  server.get(showCardPath, async (request, reply) => {
    const state = new URL(request.url, bank.portalOrigin).searchParams.get('state') ?? '';
    const holder = await cardHolderOf(room, request);
    if (!holder.ok) {
      const { code, data } = holder.fault;
      request.log.info({ fault: code, reason: data.reason, cardId: data.cardId }, 'refused');
      return reply.redirect(`${bank.portalOrigin}/refused/${code}`, 303);
    }
    const { id } = await openTicket(bank, holder.value.file.card.card_id, { kind: 'browser', state });
    return reply.redirect(`${bank.portalOrigin}${cardLoginPath}/${id}`, 303);
  });
};
