import type { Session, WebContents } from 'electron';
import { stationOrigin } from '../launch/pages.ts';

/** No permission but the one to copy, no download, no certificate taken on trust, no request but to the station's origin. */
export function closeSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === mayCopy));
  session.setPermissionCheckHandler((_contents, permission) => permission === mayCopy);
  session.setDevicePermissionHandler(() => false);
  session.setCertificateVerifyProc((_request, answer) => answer(-2)); // refuse: nothing here is fetched over TLS
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((request, answer) => {
    const { protocol, origin } = new URL(request.url);
    answer({ cancel: origin !== stationOrigin && protocol !== 'data:' && protocol !== 'devtools:' });
  });
  session.setSpellCheckerEnabled(false);
}

const mayCopy = 'clipboard-sanitized-write';

/** No page leaves its place, opens another or attaches a view. */
export function closeContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
