import type { BankIdentity } from '../bank.ts';
import { html, type Html } from './html.ts';
import { style } from './style.ts';
import { wordsIn, type Language } from './words.ts';

// Made apart from the template: its hash is in the policy, so not one space may change.
const styleElement: Html = { html: `<style>${style}</style>` };

/** What every page shows around its own content. */
export interface Frame {
  readonly identity: BankIdentity;
  readonly training: boolean;
  readonly portalOrigin: string;
  readonly styleSheets: readonly string[];
  readonly language: Language;
  /** Path of this page for the language link; a page that answers a POST names one that can be opened. */
  readonly path: string;
}

export const page = (frame: Frame, title: string, content: Html): string => {
  const { identity, language } = frame;
  const words = wordsIn[language];
  const other: Language = language === 'en' ? 'zh-CN' : 'en';
  const name = language === 'en' ? identity.bankNameLatin.replace(/ \(.*\)$/, '') : identity.bankName;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#faf8f3" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#161a1a" media="(prefers-color-scheme: dark)" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title} · ${name}</title>
        ${frame.styleSheets.map((path) => html`<link rel="stylesheet" href="${path}" />`)} ${styleElement}
      </head>
      <body>
        ${frame.training ? html`<div class="training">${words.training}</div>` : undefined}
        <div class="page">
          <header>
            ${logo}
            <div class="bank">${name}<small>${words.bankTagline}</small></div>
            <a class="language" href="${frame.path}?lang=${other}" lang="${other}">${words.otherLanguage}</a>
          </header>
          <main>${content}</main>
          <footer>
            <p>${words.neverAsk}</p>
            <p>${words.connection} <span class="mono">${frame.portalOrigin.replace('https://', '')}</span></p>
          </footer>
        </div>
      </body>
    </html>`.html.replace(/\n\s+/g, '\n');
};

/** 6230 **** **** 2345 */
export const masked = (number: string): string => `${number.slice(0, 4)} •••• ${number.slice(-4)}`;

export const money = (balance: number, currency: string, language: Language): string =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).format(balance / 100);

export const noticeBox = (kind: 'stop' | 'careful', text: string): Html =>
  html`<div class="notice ${kind}" role="alert" id="notice">
    ${icons[kind === 'stop' ? 'stop' : 'clock']}
    <p>${text}</p>
  </div>`;

export const mark = (icon: keyof typeof icons, kind: 'stop' | 'careful' | 'good'): Html =>
  html`<div class="mark ${kind}" aria-hidden="true">${icons[icon]}</div>`;

const icon = (path: string): Html => ({
  html: `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`,
});

const icons = {
  stop: icon(
    '<path d="M8.3 2.8h7.4l5.5 5.5v7.4l-5.5 5.5H8.3l-5.5-5.5V8.3Z"/><path d="M12 7.5v5.5M12 16.4v.1"/>',
  ),
  clock: icon('<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>'),
  check: icon('<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.7L16 9.6"/>'),
  card: icon(
    '<path d="M6.5 2.8h8.2l3.5 3.6v13a1.8 1.8 0 0 1-1.8 1.8H6.5a1.8 1.8 0 0 1-1.8-1.8V4.6a1.8 1.8 0 0 1 1.8-1.8Z"/><path d="M8.5 6v3M11.2 6v3M13.9 6.6V9M8.5 16.5h6"/>',
  ),
} as const;

/** An islet in calm water. */
const logo: Html = {
  html: `<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="11" fill="#0f6e63"/><path d="M8 24c3.5-8 7-12.5 10.500-12.500 2.600 0 4.200 2.300 5.700 5.200 1-1.400 2-2.200 3.200-2.200 2.200 0 3.700 4 5.100 9.500Z" fill="#f7f3e8"/><path d="M6 28.500c3 0 3-1.800 6-1.800s3 1.800 6 1.800 3-1.800 6-1.800 3 1.800 6 1.800 2.500-1.200 4-1.600M11 32.700c2.400 0 2.400-1.400 4.800-1.400s2.400 1.400 4.800 1.400 2.400-1.400 4.800-1.400 2.400 1.400 4.600 1.400" fill="none" stroke="#8fd0c3" stroke-width="1.700" stroke-linecap="round"/></svg>`,
};

/** In the customer's words and the bank's time zone. */
export const dateOf = ({ language }: Frame, iso: string, time: boolean): string =>
  new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    ...(time && { timeStyle: 'short' }),
    timeZone: 'Asia/Shanghai',
  }).format(new Date(iso));

/** 6230 5810 0001 0012 345 */
export const grouped = (text: string): string => text.replaceAll(/\s/g, '').replaceAll(/(.{4})(?=.)/g, '$1 ');
