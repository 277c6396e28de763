import { fail, type Result } from '../shared/result/index.ts';
import type { Pages } from '../launch/pages.ts';
import { writePrint } from '../launch/write-print.ts';
import { startBrowser, type BrowserOptions } from './browser-process.ts';
import { answerRequest, loaded } from './station-window.ts';
import { textAt, valueAt } from './value-at.ts';

/**
 * Prints an HTML document to a PDF file, with the page size that its @page names. A browser with a
 * window prints only pages that a person can see, so a second one without a window does it and ends.
 * Scripts of the document do not run, and it loads nothing but the screens' fonts.
 */
export async function printToPdf(
  options: BrowserOptions,
  pages: Pages,
  html: string,
  file: string,
): Promise<Result<void>> {
  const started = await startBrowser({ ...options, headless: true, debuggingPort: false });
  if (!started.ok) return started;
  const { devTools, close } = started.value;
  const document = pages.place(html);
  try {
    const targets = valueAt(await devTools.call('Target.getTargets'), 'value', 'targetInfos');
    const page: unknown = Array.isArray(targets)
      ? targets.find((target) => textAt(target, 'type') === 'page')
      : undefined;
    const attached = await devTools.call('Target.attachToTarget', {
      targetId: textAt(page, 'targetId'),
      flatten: true,
    });
    const session = textAt(attached, 'value', 'sessionId');
    const call = (method: string, params: object = {}) => devTools.call(method, params, session);
    devTools.onEvent(({ method, params }) => {
      if (method === 'Fetch.requestPaused') void answerRequest(call, pages, params);
    });
    await Promise.all([
      call('Page.enable'),
      call('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      call('Emulation.setScriptExecutionDisabled', { value: true }),
    ]);
    if (!(await loaded(devTools, session, document.url))) return fail('print-failed', { file });
    const printed = await call('Page.printToPDF', { printBackground: true, preferCSSPageSize: true });
    const data = textAt(printed, 'value', 'data');
    if (data === '') return fail('print-failed', { file });
    return await writePrint(file, Buffer.from(data, 'base64'));
  } finally {
    document.remove();
    await close();
  }
}
