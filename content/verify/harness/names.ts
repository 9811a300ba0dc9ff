// The names that a block may use without importing them: what the pinned packages export, one winner a name.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Origin {
  module: string;
  typeOnly: boolean;
  value?: string; // the module that exports this name as a value, where the winner exports a type
}

// The order decides when two packages export one name.
const MODULES = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/config',
  '@nestjs/testing',
  '@nestjs/typeorm',
  '@nestjs/mongoose',
  '@nestjs/jwt',
  '@nestjs/passport',
  '@nestjs/throttler',
  '@nestjs/schedule',
  '@nestjs/event-emitter',
  '@nestjs/bullmq',
  '@nestjs/cqrs',
  '@nestjs/cache-manager',
  '@nestjs/terminus',
  '@nestjs/axios',
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/swagger',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  '@nestjs/graphql',
  '@nestjs/apollo',
  'class-validator',
  'class-transformer',
  'rxjs',
  'typeorm',
  'bullmq',
  'node:async_hooks',
  'node:stream/promises',
  'node:worker_threads',
  'node:perf_hooks',
];

const WINNERS: Record<string, string> = {
  Transport: '@nestjs/microservices',
  Column: 'typeorm',
  Entity: 'typeorm',
  Repository: 'typeorm',
  Query: '@nestjs/common',
  Args: '@nestjs/graphql',
  Expose: 'class-transformer',
  map: 'rxjs',
  Job: 'bullmq',
  Worker: 'node:worker_threads',
};

/** Every name that the packages of a lane export; kept until its lock file or this list changes. */
export function exportsOf(lane: string): Record<string, Origin> {
  const kept = path.join(lane, '.cache', 'names.json');
  const stamp = [path.join(lane, 'package-lock.json'), import.meta.filename].map((file) => fs.statSync(file).mtimeMs).join();
  if (fs.existsSync(kept)) {
    const { stamp: was, names } = JSON.parse(fs.readFileSync(kept, 'utf8'));
    if (was === stamp) return names;
  }
  const names = read(lane);
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  fs.writeFileSync(kept, JSON.stringify({ stamp, names }));
  return names;
}

function read(lane: string): Record<string, Origin> {
  const probe = path.join(lane, '__names.ts');
  const source = MODULES.map((module, place) => `import * as m${place} from '${module}'; export const v${place} = m${place};`);
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (file, version, ...rest) =>
    file === probe ? ts.createSourceFile(file, source.join('\n'), version, true) : getSourceFile.call(host, file, version, ...rest);
  host.fileExists = (file) => file === probe || fileExists.call(host, file);
  host.readFile = (file) => (file === probe ? source.join('\n') : readFile.call(host, file));
  const program = ts.createProgram([probe], options, host);
  const checker = program.getTypeChecker();
  const names: Record<string, Origin> = {};
  for (const statement of program.getSourceFile(probe)!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const module = (statement.moduleSpecifier as ts.StringLiteral).text;
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    for (const exported of symbol ? checker.getExportsOfModule(symbol) : []) {
      const name = exported.getName();
      if (name === 'default' || !/^[A-Za-z_$][\w$]*$/.test(name)) continue;
      const meant = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const typeOnly = !(meant.flags & ts.SymbolFlags.Value);
      if (WINNERS[name] && WINNERS[name] !== module) continue;
      if (!names[name]) names[name] = { module, typeOnly };
      else if (names[name].typeOnly && !typeOnly) names[name].value ??= module;
    }
  }
  names.z = { module: 'zod', typeOnly: false };
  return names;
}

// Globals win over exports of the same name, unless the name is used as a decorator.
const GLOBALS = new Set(
  ('undefined NaN Infinity Request Response Headers URL Event EventTarget Map Set Promise Error Array Object String Number ' +
    'Boolean Date Symbol Buffer process console performance structuredClone fetch AbortSignal AbortController Record Partial ' +
    'Pick Omit Readonly Required ReadableStream WritableStream setTimeout setInterval setImmediate clearTimeout queueMicrotask ' +
    'global globalThis isNaN parseInt JSON Math Reflect Function Iterator').split(' '),
);

/** The import lines that a block left out. */
export function importsFor(code: string, names: Record<string, Origin>, stubs: string[]): string {
  const free = freeNames(code);
  const wanted = new Map<string, string[]>();
  for (const name of free.used) {
    const origin = names[name];
    if (!origin || stubs.includes(name) || (GLOBALS.has(name) && !free.decorators.has(name))) continue;
    const asValue = origin.typeOnly && origin.value && free.values.has(name);
    const module = asValue ? origin.value! : origin.module;
    wanted.set(module, [...(wanted.get(module) ?? []), origin.typeOnly && !asValue ? `type ${name}` : name]);
  }
  return [...wanted].map(([module, imported]) => `import { ${imported.join(', ')} } from '${module}';`).join(' ');
}

/** Names used but not declared, by syntax alone. */
function freeNames(code: string) {
  const used = new Set<string>();
  const values = new Set<string>();
  const decorators = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    const name = declares(node) ? (node as ts.NamedDeclaration).name : undefined;
    if (name && ts.isIdentifier(name)) declared.add(name.text);
    if (ts.isIdentifier(node) && !isLabel(node)) {
      const { parent } = node;
      used.add(node.text);
      if (!ts.isTypeReferenceNode(parent) && !ts.isQualifiedName(parent)) values.add(node.text);
      const called = ts.isCallExpression(parent) && parent.expression === node ? parent.parent : parent;
      if (ts.isDecorator(called)) decorators.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2023, true));
  for (const name of declared) used.delete(name);
  return { used, values, decorators };
}

const declares = (node: ts.Node): boolean =>
  [
    ts.isVariableDeclaration,
    ts.isParameter,
    ts.isBindingElement,
    ts.isFunctionDeclaration,
    ts.isFunctionExpression,
    ts.isClassDeclaration,
    ts.isClassExpression,
    ts.isInterfaceDeclaration,
    ts.isTypeAliasDeclaration,
    ts.isEnumDeclaration,
    ts.isModuleDeclaration,
    ts.isTypeParameterDeclaration,
    ts.isImportClause,
    ts.isImportSpecifier,
    ts.isNamespaceImport,
    ts.isImportEqualsDeclaration,
  ].some((is) => is(node));

/** Whether an identifier only names a property, label or the like, and so refers to nothing. */
function isLabel(node: ts.Identifier): boolean {
  const { parent } = node;
  const isMember = [
    ts.isPropertyAccessExpression,
    ts.isPropertyAssignment,
    ts.isMethodDeclaration,
    ts.isPropertyDeclaration,
    ts.isMethodSignature,
    ts.isPropertySignature,
    ts.isEnumMember,
    ts.isGetAccessor,
    ts.isSetAccessor,
    ts.isNamedTupleMember,
  ].some((is) => is(parent));
  return (
    (isMember && (parent as ts.NamedDeclaration).name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    [ts.isImportSpecifier, ts.isExportSpecifier, ts.isLabeledStatement, ts.isBreakOrContinueStatement, ts.isImportAttribute, ts.isMetaProperty].some((is) => is(parent))
  );
}
