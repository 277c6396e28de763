import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { faultCodes } from '../../electron/shared/result/index.ts';
import { productFiles, stringsOf } from './source-files.ts';

const speaks = (path: string): boolean =>
  !path.startsWith('electron/shared/result/') && !path.startsWith('electron/shared/text/');

describe('fault codes', () => {
  it('are each given by something', () => {
    const said = new Set(
      productFiles
        .filter((file) => speaks(file.path) && !file.path.startsWith('renderer/'))
        .flatMap((file) => stringsOf(file.ast).map((string) => string.text)),
    );
    expect(faultCodes.filter((code) => !said.has(code))).toEqual([]);
  });

  it('each have words in both languages', () => {
    const files = productFiles.filter((file) => file.path.startsWith('electron/shared/text/'));
    const keysOf = (locale: RegExp): Set<string> =>
      new Set(files.filter((file) => locale.test(file.path)).flatMap((file) => propertyNames(file.ast)));
    const chinese = keysOf(/zh/i);
    const english = keysOf(/(^|[/.-])en([/.-]|$)/i);
    expect(faultCodes.filter((code) => !chinese.has(code) || !english.has(code))).toEqual([]);
  });
});

function propertyNames(ast: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node))
      names.push(node.name.getText(ast).replace(/^['"]|['"]$/g, ''));
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return names;
}
