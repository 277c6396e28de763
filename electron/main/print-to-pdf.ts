import { BrowserWindow } from 'electron';
import { fail, type Result } from '../shared/result/index.ts';
import type { Pages } from '../launch/pages.ts';
import { writePrint } from '../launch/write-print.ts';
import { closeContents } from './close-doors.ts';

/** Prints an HTML document to a PDF file from a window that is never shown; its scripts do not run. */
export async function printToPdf(pages: Pages, html: string, file: string): Promise<Result<void>> {
  const document = pages.place(html);
  const window = new BrowserWindow({
    show: false,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
  });
  closeContents(window.webContents);
  try {
    await window.loadURL(document.url);
    const pdf = await window.webContents.printToPDF({ printBackground: true, preferCSSPageSize: true });
    return await writePrint(file, pdf);
  } catch {
    return fail('print-failed', { file });
  } finally {
    document.remove();
    window.destroy();
  }
}
