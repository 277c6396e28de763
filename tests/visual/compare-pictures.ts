import type { Browser } from 'playwright';

export interface Difference {
  readonly sameSize: boolean;
  /** Part of all pixels that differ visibly, 0 to 1. */
  readonly part: number;
}

/** Compares two PNGs with the browser's own decoder. Smoothing of edges is not a difference, a moved line is. */
export async function comparePictures(browser: Browser, one: Buffer, other: Buffer): Promise<Difference> {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async ([first = '', second = '']) => {
        const pixelsOf = async (base64: string) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          const context = canvas.getContext('2d');
          if (!context) throw new Error('no canvas');
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height);
        };
        const [a, b] = [await pixelsOf(first), await pixelsOf(second)];
        if (a.width !== b.width || a.height !== b.height) return { sameSize: false, part: 1 };
        let different = 0;
        for (let at = 0; at < a.data.length; at += 4) {
          const distance =
            Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) +
            Math.abs((a.data[at + 1] ?? 0) - (b.data[at + 1] ?? 0)) +
            Math.abs((a.data[at + 2] ?? 0) - (b.data[at + 2] ?? 0));
          if (distance > 96) different += 1;
        }
        return { sameSize: true, part: different / (a.width * a.height) };
      },
      [one.toString('base64'), other.toString('base64')],
    );
  } finally {
    await page.close();
  }
}
