import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { productFiles } from './source-files.ts';

/** Rooms where a line on the console could carry what was typed or read. The bank logs through its redacting log. */
const quiet = [
  'electron/shared/',
  'electron/station/',
  'electron/bank-server/',
  'electron/operator-platform/',
  'native/',
  'renderer/',
  'electron/preload/',
];

describe('code that handles secrets', () => {
  it('never writes to the console', () => {
    const offenders = productFiles
      .filter((file) => quiet.some((folder) => file.path.startsWith(folder)))
      .flatMap((file) => consoleLines(file.ast).map((line) => `${file.path}:${line}`));
    expect(offenders).toEqual([]);
  });

  it('is read well enough to find one', () => {
    const ast = ts.createSourceFile(
      'a.ts',
      'if (x) {\n console.error(pin);\n}',
      ts.ScriptTarget.Latest,
      true,
    );
    expect(consoleLines(ast)).toEqual([2]);
  });
});

function consoleLines(ast: ts.SourceFile): number[] {
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'console'
    )
      lines.push(ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1);
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return lines;
}
