// Reads Markdown file names from standard input, checks every TypeScript block in them, and says what it finds as one
// JSON line an event. Every block is compiled in one run a lane; `ts run` blocks are executed, one process each.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { type Block, blocksOf, Misplaced } from './blocks.ts';
import { exportsOf, importsFor } from './names.ts';

const HERE = path.dirname(import.meta.dirname);
const COMPILER = path.join(HERE, 'node_modules', 'tsgo', 'bin', 'tsc');
const PATIENCE = 20_000;
const update = process.argv.includes('--update');

const say = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);
const failed = new Set<Block | string>();
let problems = 0;
const problem = (file: string, line: number, text: string, about: Block | string = file) => {
  failed.add(about);
  problems += 1;
  say({ is: 'problem', file, line, text });
};

/** A set of packages, and the blocks written into its folder as modules. */
class Lane {
  readonly root: string;
  readonly blocks = new Map<string, Block>(); // by the path of the written module, relative to the lane

  constructor(root: string) {
    this.root = root;
    const snippets = path.join(root, '.snippets');
    fs.rmSync(snippets, { recursive: true, force: true });
    fs.mkdirSync(snippets, { recursive: true });
    fs.copyFileSync(path.join(HERE, 'harness', 'lab.ts'), path.join(snippets, 'lab.ts'));
  }

  /** Write a block so that line N of the Markdown is line N of the module: what is hidden goes on the fence's line. */
  write(block: Block): void {
    const names = exportsOf(this.root);
    const whole = `${block.setup}\n${block.code}`;
    const [open, close] =
      block.mode === 'member' ? ['export class __Member {', '}']
      : block.mode === 'fragment' ? ['export async function __fragment(this: any) {', '}']
      : ['', ''];
    const stubs = block.stubs.map((name) => `declare class ${name} { [key: string]: any; static [key: string]: any; constructor(...given: any[]) }`);
    const hidden = [
      "import 'reflect-metadata';",
      importsFor(open ? `${block.setup}\n${open}${block.code}\n${close}` : whole, names, block.stubs),
      ...stubs,
      block.setup.replace(/^\s*\/\/.*$/gm, '').replaceAll('\n', ' '),
      open,
    ];
    // A folder whose name begins with a dot would be passed over by the compiler.
    const folder = block.file.replace(/^[./]+/, '').replace(/[^\w.-]+/g, '_');
    const module = path.join('.snippets', folder, `${block.name?.replace(/\.ts$/, '') ?? `L${block.line}`}.ts`);
    fs.mkdirSync(path.dirname(path.join(this.root, module)), { recursive: true });
    fs.writeFileSync(path.join(this.root, module), `${'\n'.repeat(block.line - 1)}${hidden.join(' ')}\n${block.code}\n${close}\n`);
    this.blocks.set(module, block);
  }

  compile(): void {
    const { stdout, stderr, error } = spawnSync(process.execPath, [COMPILER, '-p', 'tsconfig.json'], {
      cwd: this.root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (error || stderr.trim()) throw new Error(`the compiler did not run: ${error?.message ?? stderr}`);
    const said = new Map<Block, string[]>();
    for (const line of stdout.split('\n').filter((line) => line.includes('error TS'))) {
      const match = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
      const block = match && this.blocks.get(path.normalize(match[1]));
      if (!block) throw new Error(`the compiler could not start: ${line}`);
      said.set(block, [...(said.get(block) ?? []), match[4]]);
      if (!block.fails.includes(match[4])) problem(block.file, Number(match[2]), `${match[4]} ${match[5]}`, block);
    }
    for (const block of this.blocks.values()) {
      for (const code of block.fails.filter((code) => !said.get(block)?.includes(code))) {
        problem(block.file, block.line, `should fail with ${code}, but compiles: the claim is wrong`, block);
      }
    }
  }

  /** Every module as JavaScript beside its source, so that `./b.js` and stack traces point where they should. */
  emit(): void {
    for (const module of this.blocks.keys()) {
      const source = path.join(this.root, module);
      const { outputText } = ts.transpileModule(fs.readFileSync(source, 'utf8'), {
        fileName: source,
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2023,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          esModuleInterop: true,
          inlineSourceMap: true,
        },
      });
      fs.writeFileSync(source.replace(/\.ts$/, '.js'), outputText);
    }
  }

  /** What is wrong with a run, or nothing. */
  async run(module: string): Promise<string | undefined> {
    const block = this.blocks.get(module)!;
    const { code, out, err } = await execute(path.join(this.root, module.replace(/\.ts$/, '.js')), this.root);
    const printed = trimmed(out);
    if (code !== 0) return `ended with ${code ?? 'a kill after 20 seconds'}: ${firstLines(err || out)}`;
    if (update) block.output = printed;
    else if (block.output === undefined) return 'has no `text output` block after it';
    else if (trimmed(block.output) !== printed) {
      return `prints something else:\n${indented(printed)}\ninstead of:\n${indented(trimmed(block.output))}`;
    }
  }
}

function execute(module: string, cwd: string): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--enable-source-maps', '--no-warnings', module], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', NEST_LOG_LEVEL: 'warn' },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (err += data));
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code, out, err });
    });
  });
}

const trimmed = (text: string) => text.replaceAll('\r', '').split('\n').map((line) => line.trimEnd()).join('\n').trim();
const indented = (text: string) => text.replace(/^/gm, '    ');
const firstLines = (text: string) => text.trim().split('\n').slice(0, 8).join('\n    ');

/** Write what each run printed under its block; the author reads the difference. */
function rewrite(file: string, blocks: Block[]): void {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  for (const { line, code, output } of blocks.filter((block) => block.mode === 'run' && block.output !== undefined).reverse()) {
    const closing = line + code.split('\n').length;
    const old = /^```text output/.test(lines[closing + 1] ?? '') ? lines.indexOf('```', closing + 2) - closing : 0;
    lines.splice(closing + 1, old, '```text output', ...output!.split('\n'), '```');
  }
  fs.writeFileSync(file, lines.join('\n'));
}

async function main(): Promise<void> {
  const files = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean);
  const lanes = new Map<string, Lane>();
  const blocks: Block[] = [];
  for (const file of files) {
    try {
      blocks.push(...blocksOf(file, fs.readFileSync(file, 'utf8')));
    } catch (error) {
      if (!(error instanceof Misplaced)) throw error;
      problem(error.file, error.line, error.message);
    }
  }
  const checked = blocks.filter((block) => !block.skip);
  for (const block of checked) {
    const root = block.lane ? path.join(HERE, `nest${block.lane}`) : HERE;
    if (!fs.existsSync(path.join(root, 'package.json'))) {
      problem(block.file, block.line, `there is no lane ${block.lane}`, block);
      continue;
    }
    if (!lanes.has(root)) lanes.set(root, new Lane(root));
    lanes.get(root)!.write(block);
  }
  const started = performance.now();
  for (const lane of lanes.values()) lane.compile();
  const compiled = performance.now();
  const runs = [...lanes.values()].flatMap((lane) => {
    lane.emit();
    return [...lane.blocks]
      .filter(([, block]) => block.mode === 'run')
      .map(([module, block]) => ({ block, run: () => lane.run(module) }));
  });
  say({ is: 'plan', blocks: blocks.length, runs: runs.length });
  let done = 0;
  const waiting = [...runs];
  const again: typeof runs = [];
  const worker = async () => {
    for (let next; (next = waiting.shift()); say({ is: 'ran', done: ++done, of: runs.length })) {
      if (await next.run()) again.push(next);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  // What failed beside others runs once more alone: a busy machine is no wrong fact.
  for (const { block, run } of again) {
    const wrong = await run();
    if (wrong) problem(block.file, block.line, wrong, block);
  }
  if (update) for (const file of files) rewrite(file, blocks.filter((block) => block.file === file));
  say({
    is: 'end',
    passed: checked.filter((block) => !failed.has(block)).length,
    failed: problems,
    skipped: blocks.length - checked.length,
    compileSeconds: (compiled - started) / 1000,
    runSeconds: (performance.now() - compiled) / 1000,
    clean: files.filter((file) => !failed.has(file) && !blocks.some((block) => block.file === file && failed.has(block))),
  });
}

await main();
