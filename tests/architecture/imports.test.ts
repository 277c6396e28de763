import { isBuiltin } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { importTable, outside, type Area } from './import-table.ts';
import { importsOf, productFiles, sourceFiles, type Import } from './source-files.ts';

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const areaOf = (path: string): Area | undefined => importTable.find((area) => under(path, area.folder));

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Why this import is refused, or undefined. */
function refusal(path: string, area: Area, wanted: Import): string | undefined {
  if (wanted.path !== undefined) {
    if (under(wanted.path, area.folder) || area.from.some((folder) => under(wanted.path!, folder)))
      return undefined;
    if (wanted.typeOnly && area.typesFrom?.some((folder) => under(wanted.path!, folder))) return undefined;
    return `${path}:${wanted.line} ${area.folder} must not import ${wanted.path}`;
  }
  if (isBuiltin(wanted.specifier)) {
    if (!wanted.specifier.startsWith('node:')) return `${path}:${wanted.line} write node:${wanted.specifier}`;
    if (area.node === 'all' || area.node.includes(wanted.specifier)) return undefined;
    return `${path}:${wanted.line} ${area.folder} must not import ${wanted.specifier}`;
  }
  const name = packageOf(wanted.specifier);
  if (area.packages.some((pattern) => matches(name, pattern))) return undefined;
  return `${path}:${wanted.line} ${area.folder} must not import the package ${name}`;
}

const refusals = (path: string, imports: readonly Import[]): string[] => {
  const area = areaOf(path);
  if (area === undefined) return [`${path} lies in no area of the import table`];
  return imports.flatMap((wanted) => refusal(path, area, wanted) ?? []);
};

const importsIn = (path: string, text: string): Import[] =>
  importsOf(path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));

describe('the import table', () => {
  it('holds for every file of the product', () => {
    expect(productFiles.length).toBeGreaterThan(20);
    expect(productFiles.flatMap((file) => refusals(file.path, file.imports))).toEqual([]);
  });

  it('keeps everybody away from the tests', () => {
    const offenders = sourceFiles
      .filter((file) => !outside.some((folder) => under(file.path, folder)))
      .flatMap((file) =>
        file.imports
          .filter((wanted) => wanted.path !== undefined && under(wanted.path, 'tests'))
          .map((wanted) => `${file.path}:${wanted.line}`),
      );
    expect(offenders).toEqual([]);
  });

  it('lets only main and preload import electron', () => {
    const offenders = sourceFiles
      .filter((file) => !under(file.path, 'electron/main') && !under(file.path, 'electron/preload'))
      .flatMap((file) =>
        file.imports.filter((w) => packageOf(w.specifier) === 'electron').map(() => file.path),
      );
    expect(offenders).toEqual([]);
  });

  it('keeps the features of the renderer apart', () => {
    const feature = (path: string): string | undefined => /^renderer\/features\/([^/]+)\//.exec(path)?.[1];
    const offenders = productFiles.flatMap((file) => {
      const mine = feature(file.path);
      if (mine === undefined) return [];
      return file.imports
        .filter((w) => w.path !== undefined && (feature(w.path) ?? mine) !== mine)
        .map((w) => `${file.path}:${w.line} imports ${String(w.path)}`);
    });
    expect(offenders).toEqual([]);
  });

  it('has every file written with its extension', () => {
    const offenders = productFiles.flatMap((file) =>
      file.imports
        .filter((w) => w.path !== undefined && !/\.[a-z0-9]+$/i.test(w.path))
        .map((w) => `${file.path}:${w.line} ${w.specifier}`),
    );
    expect(offenders).toEqual([]);
  });
});

describe('the reader of imports', () => {
  const one = (text: string) => refusals('electron/shared/x/y.ts', importsIn('electron/shared/x/y.ts', text));

  it.each([
    ["import { a } from '../../station/a.ts';", 'electron/shared must not import electron/station/a.ts'],
    ["import '../../station/a.ts';", 'electron/shared must not import electron/station/a.ts'],
    ["export * from '../../station/a.ts';", 'electron/shared must not import electron/station/a.ts'],
    ["export { a } from '../../station/a.ts';", 'electron/shared must not import electron/station/a.ts'],
    [
      "const a = await import('../../station/a.ts');",
      'electron/shared must not import electron/station/a.ts',
    ],
    ["let a: import('../../station/a.ts').A;", 'electron/shared must not import electron/station/a.ts'],
    ["import { readFile } from 'node:fs';", 'electron/shared must not import node:fs'],
    ["import { readFile } from 'fs';", 'write node:fs'],
    [
      "import type { A } from '@mantine/core/x';",
      'electron/shared must not import the package @mantine/core',
    ],
    ["const a = require('better-sqlite3');", 'electron/shared must not import the package better-sqlite3'],
  ])('refuses %s', (text, why) => {
    expect(one(text)).toEqual([`electron/shared/x/y.ts:1 ${why}`]);
  });

  it('tells types from what is there at run time', () => {
    const driver = (text: string) =>
      refusals('native/applications/piv/a.ts', importsIn('native/applications/piv/a.ts', text));
    expect(driver("import type { CardLink } from '../../drivers/card-driver.ts';")).toEqual([]);
    expect(driver("import { type CardLink } from '../../drivers/card-driver.ts';")).toEqual([]);
    expect(driver("import { type CardLink, open } from '../../drivers/card-driver.ts';")).toHaveLength(1);
    expect(driver("import '../../drivers/card-driver.ts';")).toHaveLength(1);
  });

  it('knows no area for a folder nobody named', () => {
    expect(refusals('electron/somewhere/a.ts', [])).toEqual([
      'electron/somewhere/a.ts lies in no area of the import table',
    ]);
  });
});
