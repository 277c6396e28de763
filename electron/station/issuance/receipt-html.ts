import type { Locale, Receipt } from '../../shared/contract/index.ts';

/** One A5 page, complete in itself: no script, no font or picture from anywhere else. */
export function receiptHtml(receipt: Receipt, locale: Locale): string {
  const say = words[locale];
  const zh = locale === 'zh-CN';
  const bank = zh ? receipt.bankName : receipt.bankNameLatin;
  const branch = zh ? receipt.branch : receipt.branchLatin;
  const date = (iso: string, withTime: boolean) =>
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'long',
      ...(withTime && { timeStyle: 'short' }),
    }).format(new Date(iso));
  const rows: readonly (readonly [label: string, value: string, mono?: 'mono'])[] = [
    [say.customer, receipt.customerName],
    [say.document, receipt.documentNumberMasked, 'mono'],
    [say.account, receipt.accountMasked, 'mono'],
    [say.loginName, receipt.loginName],
    [say.medium, say.media[receipt.mediumKind]],
    [say.serial, receipt.serial, 'mono'],
    [say.card, receipt.cardId, 'mono'],
    [say.certificate, grouped(receipt.certificateSerial), 'mono'],
    [say.validUntil, date(receipt.certificateNotAfter, false)],
    [say.fingerprint, grouped(receipt.certificateSha256), 'mono'],
  ];
  const band = receipt.training ? `<div class="band">${escape(say.training)}</div>` : '';
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${escape(receipt.receiptNumber)}</title>
<style>${style}</style></head>
<body>${band}
<header><div><h1>${escape(bank)}</h1><p>${escape(branch)}</p></div>
<div class="number"><span>${escape(say.receipt)}</span><strong>${escape(receipt.receiptNumber)}</strong></div></header>
<h2>${escape(say.title)}</h2>
<p class="when">${escape(date(receipt.issuedAt, true))}</p>
<dl>${rows.map(([label, value, mono]) => `<dt>${escape(label)}</dt><dd${mono ? ' class="mono"' : ''}>${escape(value)}</dd>`).join('')}</dl>
<p class="advice">${escape(say.advice)}</p>
<footer><div><i></i>${escape(say.officer)}: ${escape(receipt.officerName)}</div><div><i></i>${escape(say.signature)}</div></footer>
${band}</body></html>`;
}

const words = {
  'zh-CN': {
    title: '手机银行卡领取凭证',
    receipt: '凭证号',
    customer: '客户',
    document: '证件号码',
    account: '账号',
    loginName: '登录名',
    medium: '介质',
    media: { 'sd-card': 'SD 卡', sim: 'SIM 卡', 'smart-card': '智能卡' },
    serial: '介质序列号',
    card: '卡号',
    certificate: '证书序列号',
    validUntil: '有效期至',
    fingerprint: '证书指纹 (SHA-256)',
    advice:
      '请妥善保管本卡。卡密码和登录密码只有您本人知道，本行任何人都不会询问。卡丢失时请立即到网点挂失。',
    officer: '经办柜员',
    signature: '客户签名',
    training: '培训凭证 · 无效 · 培训凭证 · 无效',
  },
  en: {
    title: 'Mobile banking card: receipt',
    receipt: 'Receipt',
    customer: 'Customer',
    document: 'Document number',
    account: 'Account',
    loginName: 'Login name',
    medium: 'Medium',
    media: { 'sd-card': 'SD card', sim: 'SIM card', 'smart-card': 'Smart card' },
    serial: 'Serial number',
    card: 'Card number',
    certificate: 'Certificate serial',
    validUntil: 'Valid until',
    fingerprint: 'Certificate fingerprint (SHA-256)',
    advice:
      'Keep this card safe. Only you know its PIN and your login password; nobody at the bank will ask for them. If you lose the card, tell any branch at once.',
    officer: 'Officer',
    signature: 'Customer’s signature',
    training: 'TRAINING · NOT VALID · TRAINING · NOT VALID',
  },
} as const;

const style = `
@page { size: A5; margin: 10mm 12mm }
* { box-sizing: border-box }
body { margin: 0; color: #14211f; font: 10pt/1.45 Inter, "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif }
header { display: flex; justify-content: space-between; align-items: flex-start; border-bottom: 1px solid #14211f; padding-bottom: 4mm }
h1 { font-size: 15pt; margin: 0 } header p { margin: 1mm 0 0; color: #4b5a57 }
.number { text-align: right } .number span { display: block; color: #4b5a57; font-size: 8.5pt }
.number strong { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 10.5pt }
h2 { font-size: 12.5pt; margin: 6mm 0 0; color: #0f6e63 } .when { margin: 1mm 0 5mm; color: #4b5a57 }
dl { display: grid; grid-template-columns: 42mm 1fr; margin: 0; border-top: 1px solid #d9d5cb }
dt, dd { margin: 0; padding: 1.6mm 0; border-bottom: 1px solid #d9d5cb } dt { color: #4b5a57 }
dd.mono { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: 8.5pt; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.advice { margin: 5mm 0 10mm; font-size: 9pt }
footer { display: flex; gap: 12mm; font-size: 9pt } footer div { flex: 1 } footer i { display: block; border-top: 1px solid #14211f; margin-bottom: 1.5mm }
.band { margin: 0 0 4mm; padding: 1mm 0; text-align: center; font-weight: 600; letter-spacing: .08em; font-size: 8.5pt; color: #5c3d00;
  background: repeating-linear-gradient(-45deg, #f6dfae 0 6mm, #fbefd3 6mm 12mm); -webkit-print-color-adjust: exact }
footer + .band { margin: 6mm 0 0 }
`;

/** Long hexadecimal is read in fours. */
const grouped = (hex: string): string => (hex.match(/.{1,4}/g) ?? []).join(' ');

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
