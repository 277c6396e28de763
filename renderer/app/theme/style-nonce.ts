/** The nonce that the host put into the page; the page's policy allows styles with it and no others. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
