// Markdown to the TypeScript blocks in it. The words after `ts` on a fence say what must be true of the block.

export interface Block {
  file: string; // the Markdown file, as it was named
  line: number; // of the opening fence, 1 for the first
  code: string;
  mode: 'module' | 'run' | 'fragment' | 'member';
  name?: string; // file=NAME.ts: other blocks of the same Markdown import it as './NAME.js'
  stubs: string[]; // stub=A,B: loosely typed stand-ins for classes that the block does not show
  fails: string[]; // fails=TS2345: the compiler must say exactly this
  lane: string; // lane=11: on Nest 11; empty on the newest
  setup: string; // the hidden <!-- ts:setup --> lines before the fence
  output?: string; // what the `text output` block after a run says
  skip?: string; // skip="why": not checked, counted
}

export class Misplaced extends Error {
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, message: string) {
    super(message);
    this.file = file;
    this.line = line;
  }
}

const FENCE = /^\s*(`{3,}|~{3,})\s*([^\s`]*)\s*(.*)$/;

export function blocksOf(file: string, markdown: string): Block[] {
  const lines = markdown.split('\n');
  const found: Block[] = [];
  let setup = '';
  for (let at = 0; at < lines.length; at++) {
    if (/^<!--\s*ts:setup/.test(lines[at])) {
      const hidden = [lines[at].replace(/^<!--\s*ts:setup\s*/, '')];
      while (!hidden.at(-1)!.includes('-->') && at + 1 < lines.length) hidden.push(lines[++at]);
      setup = hidden.join('\n').replace(/-->[^]*$/, '').trim();
      continue;
    }
    const fence = FENCE.exec(lines[at]);
    if (!fence) continue;
    const [, ticks, language, rest] = fence;
    const start = at;
    const closing = new RegExp(`^\\s*${ticks[0]}{${ticks.length},}\\s*$`);
    const body: string[] = [];
    while (++at < lines.length && !closing.test(lines[at])) body.push(lines[at]);
    if (at >= lines.length) throw new Misplaced(file, start + 1, 'this code fence is not closed');
    const words = wordsOf(rest);
    if (language === 'text' && words.output) {
      const ran = found.at(-1);
      if (ran?.mode !== 'run' || ran.output !== undefined) {
        throw new Misplaced(file, start + 1, 'an output block follows a `ts run` block and nothing else');
      }
      ran.output = body.join('\n');
    } else if (language === 'ts') {
      found.push({
        file,
        line: start + 1,
        code: body.join('\n'),
        mode: (['run', 'fragment', 'member'] as const).find((mode) => words[mode]) ?? 'module',
        name: text(words.file),
        stubs: list(words.stub),
        fails: list(words.fails),
        lane: text(words.lane) ?? '',
        setup,
        skip: text(words.skip),
      });
      if (words.skip === true) throw new Misplaced(file, start + 1, 'a skipped block says why: skip="reason"');
      setup = '';
    }
  }
  return found;
}

function wordsOf(rest: string): Record<string, string | true> {
  const words: Record<string, string | true> = {};
  for (const [, key, quoted, bare] of rest.matchAll(/([\w:.-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)) words[key] = quoted ?? bare ?? true;
  return words;
}

const text = (word: string | true | undefined) => (typeof word === 'string' ? word : undefined);
const list = (word: string | true | undefined) => text(word)?.split(',') ?? [];
