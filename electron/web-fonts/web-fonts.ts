import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** One family of the product's own fonts: a style sheet and the slices it names. */
export interface FontFamily {
  /** Path of the style sheet on this server. */
  readonly styleSheet: string;
  readonly css: string;
  readonly folder: string;
}

/**
 * Fonts for devices that have none for Chinese. A browser fetches only the slices it lacks letters for; a
 * phone with a Chinese font of its own fetches none. A page without them is still a page, so a family
 * that is not installed is left out.
 */
export const openFonts = async (): Promise<readonly FontFamily[]> =>
  (
    await Promise.all([
      openFamily('inter', '@fontsource-variable/inter'),
      openFamily('noto-sans-sc', '@fontsource-variable/noto-sans-sc'),
    ])
  ).filter((each) => each !== undefined);

export const serveFonts = (server: FastifyInstance, families: readonly FontFamily[]): void => {
  for (const { styleSheet, css, folder } of families) {
    server.get(styleSheet, (_request, reply) =>
      reply.header('Cache-Control', 'private, max-age=86400').type('text/css; charset=utf-8').send(css),
    );
    const files = styleSheet.replace('index.css', 'files/');
    // only what the style sheet names: nothing of a path is taken from a request
    const names = new Set(Array.from(css.matchAll(/url\(\.\/files\/([\w-]+\.woff2)\)/g), ([, name]) => name));
    server.get(`${files}*`, async (request, reply) => {
      const name = request.url.slice(files.length);
      if (!names.has(name)) {
        reply.callNotFound();
        return reply;
      }
      return reply
        .header('Cache-Control', 'private, max-age=86400')
        .type('font/woff2')
        .send(await readFile(join(folder, 'files', name)));
    });
  }
};

const openFamily = async (name: string, packageName: string): Promise<FontFamily | undefined> => {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
    const css = await readFile(join(folder, 'index.css'), 'utf8');
    return { styleSheet: `/fonts/${name}/index.css`, css, folder };
  } catch {
    return undefined;
  }
};
