export { applyOnline, renewOnline, type Application } from './apply-online.ts';
export { banksOnCard, type BankOnCard } from './banks-on-card.ts';
export { curlTransport, type CurlOptions } from './curl-transport.ts';
export { httpsTransport } from './https-transport.ts';
export { logIn, type LoginEnd } from './log-in.ts';
export { onlineBank, type OnlineBank, type Transport, type UseCard } from './online-bank.ts';
export { openLetter } from './open-letter.ts';
export { signStatement } from './sign-statement.ts';
