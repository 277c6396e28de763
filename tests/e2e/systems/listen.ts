import type { Page, Request } from 'playwright';
import type { Sequence } from '../../harness/sequence.ts';

/** Notes what a page asks the bank's servers, and what it is answered. */
export const listen = (
  page: Page,
  origins: string | readonly string[],
  sequence: Sequence,
  isTold: (request: Request) => boolean = () => true,
): void => {
  const isPage = (request: Request) =>
    [origins].flat().some((origin) => request.url().startsWith(origin)) &&
    !/\.(css|woff2|ico)/.test(request.url()) &&
    isTold(request);
  page.on('request', (request) => {
    if (isPage(request))
      sequence.note('P', 'B', `${request.method()} ${withoutIds(new URL(request.url()).pathname)}`);
  });
  page.on('response', (response) => {
    if (!isPage(response.request())) return;
    const { location } = response.headers();
    sequence.note(
      'B',
      'P',
      `${response.status()}${location === undefined ? '' : ` to ${withoutIds(location)}`}`,
    );
  });
};

/** Ports, and numbers of orders and tickets, are different each time. */
const withoutIds = (path: string): string =>
  path
    .replace(/^https:\/\/[^/]+/, '')
    .replace(/\?state=.*/, '')
    .replace(/\/orders\/[\w-]+/, '/orders/{orderId}')
    .replace(/\/login\/card\/[\w-]+/, '/login/card/{ticket}');
