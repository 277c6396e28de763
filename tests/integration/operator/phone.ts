import { request } from 'node:https';

export interface Page {
  readonly status: number;
  readonly html: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
  /** Text a person sees. */
  readonly text: string;
}

/** A phone with a browser that knows forms, cookies and redirects, and nothing else. */
export const newPhone = (origin: string, ca: string, language = 'zh-CN') => {
  let cookie = '';
  let current: Page | undefined;

  const once = (
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Page> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${origin}${path}`,
        {
          method,
          ca,
          agent: false,
          headers: {
            'Accept-Language': language,
            ...(cookie ? { Cookie: cookie } : {}),
            ...(body === undefined
              ? {}
              : { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin }),
            ...headers,
          },
        },
        (response) => {
          let html = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (html += chunk));
          response.on('end', () => {
            for (const each of response.headers['set-cookie'] ?? []) cookie = each.split(';')[0]!;
            resolve({
              status: response.statusCode!,
              html,
              headers: response.headers,
              path,
              text: textOf(html),
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });

  const follow = async (page: Page): Promise<Page> => {
    current = page.status === 303 ? await follow(await once('GET', String(page.headers.location))) : page;
    return current;
  };

  return {
    open: async (path: string): Promise<Page> => follow(await once('GET', path)),
    /** Sends the form of the current page whose action is this, with what was typed. */
    submit: async (action: string | RegExp, typed: Record<string, string> = {}): Promise<Page> => {
      const { path, body } = formOf(current!, action, typed);
      return follow(await once('POST', path, body));
    },
    /** The same without what a browser would do after it. */
    raw: once,
    formOf: (action: string | RegExp, typed: Record<string, string> = {}) => formOf(current!, action, typed),
    get cookie() {
      return cookie;
    },
    set cookie(value: string) {
      cookie = value;
    },
    get page() {
      return current!;
    },
  };
};
export type Phone = ReturnType<typeof newPhone>;

const formOf = (page: Page, action: string | RegExp, typed: Record<string, string>) => {
  const forms = [...page.html.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)];
  const form = forms.find(
    ([, path, content]) =>
      (typeof action === 'string' ? path === action : action.test(path!)) &&
      Object.entries(typed).every(
        ([name, value]) =>
          !content!.includes(`type="hidden" name="${name}"`) || content!.includes(`value="${value}"`),
      ),
  );
  if (!form) throw new Error(`no form ${String(action)} on: ${page.text}`);
  const fields = new URLSearchParams();
  for (const [, name, value] of form[2]!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g))
    fields.set(name!, value!);
  for (const [name, value] of Object.entries(typed)) {
    if (!form[2]!.includes(`name="${name}"`)) throw new Error(`no field ${name} on: ${page.text}`);
    fields.set(name, value);
  }
  return { path: form[1]!, body: fields.toString() };
};

const textOf = (html: string): string =>
  html
    .replaceAll(/<(head|style|svg)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
    .trim();
