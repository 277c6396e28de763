import type { Page, Request } from 'playwright';
import type { Sequence } from '../../harness/sequence.ts';

/** Notes what a page of the phone asks the bank's portal, and what it is answered. */
export const listen = (
  page: Page,
  portalOrigin: string,
  sequence: Sequence,
  isTold: (request: Request) => boolean = () => true,
): void => {
  const isPage = (request: Request) =>
    request.url().startsWith(portalOrigin) && !/\.(css|woff2|ico)/.test(request.url()) && isTold(request);
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

/** Numbers of orders are different each time. */
const withoutIds = (path: string): string => path.replace(/\/orders\/[\w-]+/, '/orders/{orderId}');
