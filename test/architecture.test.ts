import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript';

/*
 * The project's import-boundary check. It reads the source as text, so it needs neither a build nor the other
 * tests. Its rules have no exemptions, and there is no way to write one.
 */

/** The environment's means to be different each time. What is decided must depend on nothing of them. */
const IMPURE_GLOBALS = [
  'process',
  'performance',
  'crypto',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'navigator',
  'require',
  'eval',
  'Function',
];

/** Everything that is wrong with one file, each as `line: what`. `path` is relative to the project, with slashes. */
function violationsOf(path: string, text: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const report = (node: ts.Node, what: string) => {
    found.push(`${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${what}`);
  };

  const [, layer = ''] = path.split('/');
  const pure = layer === 'domain' || layer === 'application';

  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const reason = ts.isStringLiteralLike(specifier)
        ? forbiddenImport(path, specifier.text)
        : layer !== 'entrypoints' && 'imports what only shows at run time';
      if (reason) report(node, reason);
    }
    if (ts.isIdentifier(node) && isReference(node)) {
      const reason = forbiddenReference(node);
      if (reason !== undefined) report(node, reason);
    }
    ts.forEachChild(node, visit);
  };

  const forbiddenReference = (name: ts.Identifier): string | undefined => {
    const member = memberOf(name);
    if (name.text === 'process' && layer !== 'entrypoints' && (member === undefined || member === 'env'))
      return 'reads process.env';
    if ((name.text === 'globalThis' || name.text === 'global') && layer !== 'entrypoints')
      return `uses ${name.text}`;
    if (!pure) return undefined;
    if (IMPURE_GLOBALS.includes(name.text)) return `uses ${name.text}`;
    if (name.text === 'Math' && (member === undefined || member === 'random')) return 'uses Math.random';
    if (name.text !== 'Date') return undefined;
    if (ts.isNewExpression(name.parent) && name.parent.expression === name)
      return name.parent.arguments?.length ? undefined : 'uses new Date() without arguments';
    if (
      ts.isBinaryExpression(name.parent) &&
      name.parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
    )
      return undefined;
    return member === undefined || member === 'now' ? 'uses Date.now' : undefined;
  };

  visit(file);
  return found;
}

/** Why a file must not import something, or undefined when it may. */
function forbiddenImport(path: string, specifier: string): string | undefined {
  const [, layer = '', folder = ''] = path.split('/');
  if (layer !== 'entrypoints' && /^(?:node:)?process$/.test(specifier)) return 'reads process.env';
  const local = specifier.startsWith('.');
  const target = local ? posix.join(posix.dirname(path), specifier) : specifier;
  const [root, targetLayer = '', targetFolder = ''] = local ? target.split('/') : [];
  const inside = root === 'src';
  const what = `imports ${local ? target : isBuiltin(specifier) ? `the built-in ${specifier}` : `the package ${specifier}`}`;
  switch (layer) {
    case 'domain':
      return inside && targetLayer === 'domain' ? undefined : what;
    case 'application':
      return inside && (targetLayer === 'domain' || targetLayer === 'application') ? undefined : what;
    case 'adapters':
      if (!local) return specifier.startsWith('#') || specifier.startsWith('/') ? what : undefined;
      if (!inside || targetLayer === 'entrypoints') return what;
      return targetLayer === 'adapters' && targetFolder !== folder ? what : undefined;
    default:
      return undefined;
  }
}

/** What a node imports: of declarations, `import()`, `require()`, `import x = require()` and types. */
function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  if (!ts.isCallExpression(node)) return undefined;
  const called = node.expression;
  const loads =
    called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require');
  return loads ? (node.arguments[0] ?? node) : undefined;
}

/** Whether an identifier stands for a value, rather than naming a member, a type or what it declares. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isQualifiedName(parent)) return parent.right !== node;
  if (ts.isTypeReferenceNode(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent))
    return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isAccessor(parent) ||
    ts.isEnumMember(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isNamedTupleMember(parent) ||
    (ts.isParameter(parent) && ts.isFunctionTypeNode(parent.parent))
  )
    return parent.name !== node;
  return true;
}

/** The member that is read of a value, as `a.member` or `a['member']`; undefined when it is not plain which. */
function memberOf(node: ts.Identifier): string | undefined {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) return parent.name.text;
  if (ts.isQualifiedName(parent) && parent.left === node) return parent.right.text;
  if (!ts.isElementAccessExpression(parent) || parent.expression !== node) return undefined;
  return ts.isStringLiteralLike(parent.argumentExpression) ? parent.argumentExpression.text : undefined;
}

function sourceFiles(): { path: string; text: string }[] {
  const root = fileURLToPath(new URL('../', import.meta.url));
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(root, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

describe('architecture', () => {
  const files = sourceFiles();

  it('has a domain, an application, adapters and entrypoints to check', () => {
    for (const layer of ['domain', 'application', 'adapters', 'entrypoints'])
      expect(
        files.filter(({ path }) => path.startsWith(`src/${layer}/`)),
        layer,
      ).not.to.be.empty;
  });

  it('is written in TypeScript modules throughout, which is what is checked here', () => {
    expect(files.map(({ path }) => path).filter((path) => !/\.(?:ts|sql)$/.test(path))).to.deep.equal([]);
  });

  for (const { path, text } of files)
    if (path.endsWith('.ts'))
      it(`${path} keeps to its layer`, () => {
        expect(violationsOf(path, text)).to.deep.equal([]);
      });
});

describe('the architecture check', () => {
  const D = 'src/domain/x.ts';
  const A = 'src/application/ports/x.ts';
  const M = 'src/adapters/memory/x.ts';
  const E = 'src/entrypoints/cli/x.ts';
  const F = 'src/feed/x.ts';

  const bad: [path: string, source: string, what: string][] = [
    [D, `import { a } from '../application/a.ts';`, 'imports src/application/a.ts'],
    [D, `import type { A } from '../application/a.ts';`, 'imports src/application/a.ts'],
    [D, `export * from '../adapters/memory/a.ts';`, 'imports src/adapters/memory/a.ts'],
    [D, `export { a } from '../../test/a.ts';`, 'imports test/a.ts'],
    [D, `import fs from 'node:fs';`, 'imports the built-in node:fs'],
    [D, `import fs from 'fs';`, 'imports the built-in fs'],
    [D, `import 'reflect-metadata';`, 'imports the package reflect-metadata'],
    [
      D,
      `import type { Client } from '@aws-sdk/client-dynamodb';`,
      'imports the package @aws-sdk/client-dynamodb',
    ],
    [D, `type A = import('../application/a.ts').A;`, 'imports src/application/a.ts'],
    [D, `const a = await import('../application/a.ts');`, 'imports src/application/a.ts'],
    [D, `const a = await import(name);`, 'imports what only shows at run time'],
    [D, `import a = require('fs');`, 'imports the built-in fs'],
    [D, `import { a } from '../domainish/a.ts';`, 'imports src/domainish/a.ts'],
    [D, `import { a } from './../../src/feed/a.ts';`, 'imports src/feed/a.ts'],
    [A, `import { a } from '../../adapters/memory/a.ts';`, 'imports src/adapters/memory/a.ts'],
    [A, `import { a } from '../../entrypoints/config.ts';`, 'imports src/entrypoints/config.ts'],
    [A, `import { injectable } from 'inversify';`, 'imports the package inversify'],
    [A, `import { a } from '#adapters/a.ts';`, 'imports the package #adapters/a.ts'],
    [A, `import { setTimeout } from 'node:timers/promises';`, 'imports the built-in node:timers/promises'],
    [M, `import { a } from '../../entrypoints/config.ts';`, 'imports src/entrypoints/config.ts'],
    [M, `import { a } from '../json/a.ts';`, 'imports src/adapters/json/a.ts'],
    [M, `import { a } from '../a.ts';`, 'imports src/adapters/a.ts'],
    [M, `export type { A } from '../memory-too/a.ts';`, 'imports src/adapters/memory-too/a.ts'],
    [M, `const a = await import('../json/a.ts');`, 'imports src/adapters/json/a.ts'],
    [M, `const a = await import(name);`, 'imports what only shows at run time'],
    [M, `import { a } from '../../../test/support/a.ts';`, 'imports test/support/a.ts'],

    [M, `const a = process.env.A;`, 'reads process.env'],
    [M, `const a = process['env'].A;`, 'reads process.env'],
    [M, `const { env } = process;`, 'reads process.env'],
    [M, `const p = process;`, 'reads process.env'],
    [M, `const a = process[name];`, 'reads process.env'],
    [M, `const a = { process };`, 'reads process.env'],
    [M, `const a = globalThis.process.env.A;`, 'uses globalThis'],
    [M, `const a = global['process'].env.A;`, 'uses global'],
    [M, `import { env } from 'node:process';`, 'reads process.env'],
    [M, `import process from 'process';`, 'reads process.env'],
    [M, `const everything = globalThis;`, 'uses globalThis'],
    [F, `const a = process.env.A;`, 'reads process.env'],

    [D, `const at = Date.now();`, 'uses Date.now'],
    [D, `const at = Date['now']();`, 'uses Date.now'],
    [D, `const { now } = Date;`, 'uses Date.now'],
    [D, `const clock = Date;`, 'uses Date.now'],
    [D, `const at = Date();`, 'uses Date.now'],
    [D, `const at = new Date();`, 'uses new Date() without arguments'],
    [D, `const at = new Date;`, 'uses new Date() without arguments'],
    [D, `class Later extends Date {}`, 'uses Date.now'],
    [D, `const a = Math.random();`, 'uses Math.random'],
    [D, `const a = Math['random']();`, 'uses Math.random'],
    [D, `const { random } = Math;`, 'uses Math.random'],
    [D, `const numbers = [Math];`, 'uses Math.random'],
    [A, `setTimeout(done, 5);`, 'uses setTimeout'],
    [A, `await new Promise((done) => setImmediate(done));`, 'uses setImmediate'],
    [A, `const every = setInterval;`, 'uses setInterval'],
    [A, `globalThis.setTimeout(done, 5);`, 'uses globalThis'],
    [A, `const a = process.hrtime();`, 'uses process'],
    [A, `const a = process.env.A;`, 'reads process.env'],
    [A, `const a = performance.now();`, 'uses performance'],
    [A, `const a = crypto.randomUUID();`, 'uses crypto'],
    [A, `console.log(a);`, 'uses console'],
    [A, `const a = { console };`, 'uses console'],
    [A, `const log = (to = console) => to;`, 'uses console'],
    [A, `const a = require('fs');`, 'imports the built-in fs'],
    [A, `const a = eval('1');`, 'uses eval'],
    [A, `type P = typeof process;`, 'reads process.env'],
  ];
  for (const [path, source, what] of bad)
    it(`refuses in ${path}: ${source}`, () => {
      expect(violationsOf(path, source)).to.include(`1: ${what}`);
    });

  const good: [path: string, source: string][] = [
    [D, `import { a } from './a.ts';`],
    [D, `import { a } from './inner/a.ts'; export { b } from './b.ts';`],
    ['src/domain/inner/x.ts', `import { a } from '../a.ts';`],
    [A, `import { a } from '../../domain/a.ts'; import { b } from '../b.ts'; import { c } from './c.ts';`],
    [
      M,
      `import { a } from '../../domain/a.ts'; import { b } from '../../application/b.ts'; import { c } from './c.ts';`,
    ],
    [M, `import { Client } from '@aws-sdk/client-dynamodb'; import fs from 'node:fs';`],
    ['src/adapters/memory/inner/x.ts', `import { a } from '../a.ts';`],
    [M, `const at = Date.now(); setTimeout(done, 5); console.log(process.memoryUsage());`],
    [
      E,
      `import { a } from '../../adapters/json/a.ts'; import { b } from 'commander'; const c = process.env;`,
    ],
    [D, `const at = new Date(0); const then = Date.parse(text); const is = at instanceof Date; let d: Date;`],
    [D, `const a = Math.max(1, 2); const b = Math['floor'](c);`],
    [D, `const a = b.process; const c = { console: 1, process() {} }; interface D { performance: number }`],
    [D, `class A { crypto = 1; setTimeout() { return this.crypto; } }`],
    [D, `// Date.now(), process.env and import 'fs' in a comment\nconst a = 'Date.now() Math.random()';`],
    [D, `const { process: handle } = worker;`],
  ];
  for (const [path, source] of good)
    it(`allows in ${path}: ${source}`, () => {
      expect(violationsOf(path, source)).to.deep.equal([]);
    });

  it('says in which line', () => {
    expect(violationsOf(D, `const a = 1;\n\nconst b = Date.now();\nimport 'fs';\n`)).to.deep.equal([
      '3: uses Date.now',
      '4: imports the built-in fs',
    ]);
  });
});
