import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { root } from '../harness/root.ts';

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path from the root for a relative import, undefined for a package or a Node module. */
  readonly path: string | undefined;
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly ast: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** Every source file of the product and its tests, parsed once. */
export const sourceFiles: readonly SourceFile[] = globSync(
  ['{electron,native,renderer,resources,tests}/**/*.{ts,tsx,mts,cts,js,mjs,cjs}', '*.{ts,js,mjs}'],
  { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path) },
)
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.startsWith('tests/vectors/'))
  .sort()
  .map(read);

export const productFiles = sourceFiles.filter((file) =>
  /^(electron|native|renderer|resources)\//.test(file.path),
);

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const ast = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, scriptKind(path));
  return { path, ast, imports: importsOf(path, ast) };
}

/** Exported so that the test can prove that it finds every way to write an import. */
export function importsOf(path: string, ast: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const text = specifier.text;
    found.push({
      specifier: text,
      path: text.startsWith('.') ? posix.join(dirname(path), text.replace(/\?.*$/, '')) : undefined,
      typeOnly,
      line: ast.getLineAndCharacterOfPosition(specifier.getStart(ast)).line + 1,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const dynamic = callee.kind === ts.SyntaxKind.ImportKeyword;
      const required = ts.isIdentifier(callee) && callee.text.startsWith('require');
      const resolved =
        ts.isPropertyAccessExpression(callee) &&
        callee.name.text === 'resolve' &&
        /require|import\.meta/.test(callee.expression.getText(ast));
      if (dynamic || required || resolved) add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false; // imported for what it does
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function scriptKind(path: string): ts.ScriptKind {
  if (path.endsWith('.tsx')) return ts.ScriptKind.TSX;
  return /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
}

/** Each string written in a file, templates with `*` where a value goes in. */
export function stringsOf(ast: ts.SourceFile): { readonly text: string; readonly line: number }[] {
  const found: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    const line = (): number => ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1;
    if (ts.isStringLiteralLike(node)) found.push({ text: node.text, line: line() });
    else if (ts.isTemplateExpression(node)) {
      const text = node.head.text + node.templateSpans.map((span) => `*${span.literal.text}`).join('');
      found.push({ text, line: line() });
    }
    ts.forEachChild(node, visit);
  };
  visit(ast);
  return found;
}
