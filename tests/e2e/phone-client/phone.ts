import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright';

/** A phone's browser: small, touched, with a language and a theme. */
export interface Phone {
  /** Opens an address in a fresh profile and waits until the program has drawn its first page. */
  open(url: string, options?: PhoneOptions): Promise<PhonePage>;
  close(): Promise<void>;
}

export interface PhoneOptions {
  readonly locale?: 'zh-CN' | 'en-GB';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly javaScript?: boolean;
  /** Runs in the page before the page's own script. */
  readonly before?: () => void;
  /** Date on the phone; its clock can then be moved by `page.clock`. */
  readonly today?: Date;
  /** Lets the test put its own style into the page; never where the page's policy is looked at. */
  readonly styled?: string;
}

export interface PhonePage {
  readonly page: Page;
  /** What the page wrote to the console and what it threw: must stay empty. */
  readonly complaints: readonly string[];
  /** Every address the browser asked for. */
  readonly requests: readonly string[];
  /** Types a PIN and confirms it. */
  enterPin(pin: string): Promise<void>;
  /** What is said under the dots. */
  notice(): Promise<string>;
  /** Body of the last form post. */
  posted(): string;
  /** Posts a form body, as a page of somebody else's could. */
  post(url: string, body: string): Promise<void>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** A name that leads to this computer, e.g. `phone.test`. */
  readonly host?: string;
  /** A page from a file may read files: for fonts in screenshots. */
  readonly fileAccess?: boolean;
}

export const startPhone = async ({ host, fileAccess = false }: BrowserOptions = {}): Promise<Phone> => {
  const browser: Browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
      ...(host === undefined ? [] : [`--host-resolver-rules=MAP ${host} 127.0.0.1`]),
      ...(fileAccess ? ['--allow-file-access-from-files'] : []),
    ],
  });
  return {
    open: async (url, options = {}) => {
      const { locale = 'zh-CN', theme = 'light', width = 390, height = 844, javaScript = true } = options;
      const settings: BrowserContextOptions = {
        viewport: { width, height },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
        locale,
        colorScheme: theme,
        javaScriptEnabled: javaScript,
        // The training CA is not in this browser; on a customer's phone the bank's certificate is a public one.
        ignoreHTTPSErrors: true,
        bypassCSP: options.styled !== undefined,
      };
      const context = await browser.newContext(settings);
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      let posted = '';
      page.on('request', (request) => {
        requests.push(`${request.method()} ${request.url().slice(0, 200)}`);
        posted = request.postData() ?? posted;
      });
      if (options.today !== undefined) await page.clock.install({ time: options.today });
      if (options.before !== undefined) await page.addInitScript(options.before);
      await page.goto(url);
      if (javaScript) await page.locator('.bottom').waitFor();
      if (options.styled !== undefined) await page.addStyleTag({ content: options.styled });
      return {
        page,
        complaints,
        requests,
        enterPin: async (pin) => {
          await page.keyboard.type(pin);
          await page.locator('.primary').tap();
        },
        notice: async () => {
          await page.locator('.notice:not(.busy)').waitFor({ state: 'attached' });
          return (await page.locator('.notice').textContent()) ?? '';
        },
        posted: () => posted,
        post: async (address, body) => {
          const fields = [...new URLSearchParams(body)];
          await page.evaluate(
            ([action, entries]) => {
              const form = document.createElement('form');
              form.method = 'post';
              form.action = action;
              for (const [name, value] of entries) {
                const field = document.createElement('input');
                field.name = name;
                field.value = value;
                form.append(field);
              }
              document.body.append(form);
              form.submit();
            },
            [address, fields] as const,
          );
          await page.waitForURL(address);
        },
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
};
