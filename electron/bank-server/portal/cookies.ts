/** Cookies of this origin only: the `__Host-` prefix makes the browser insist on it (RFC 6265bis, 4.1.3.2). */
export const sessionCookie = '__Host-cardwright-session';
export const languageCookie = '__Host-cardwright-language';
export const cardLoginCookie = '__Host-cardwright-card-login';

export const readCookie = (header: string | undefined, name: string): string | undefined =>
  (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/**
 * `lax` while the password is asked for: the phone client's file posts to this site from outside, and the
 * page it is sent on to must see the cookie. `strict` from then on.
 */
export const cookie = (
  name: string,
  value: string,
  sameSite: 'Lax' | 'Strict',
  maxAgeSeconds: number,
): string =>
  `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}; Max-Age=${String(maxAgeSeconds)}`;

export const expiredCookie = (name: string): string => cookie(name, '', 'Strict', 0);
