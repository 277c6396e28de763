import type { Session } from 'electron';
import type { Pages } from '../launch/pages.ts';

/** Every https request of this session is answered from the screens; there is no other. */
export function servePages(session: Session, pages: Pages): void {
  session.protocol.handle('https', (request) => {
    const { status, headers, body } = pages.answer(request.url);
    return new Response(new Uint8Array(body), { status, headers: { ...headers } });
  });
}
