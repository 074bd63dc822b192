import type { Frontend, Interest } from '../lang/frontend.ts';
import type { ImportFact, ShellFact, SourceFacts } from '../lang/facts.ts';
import { extractFacts } from '../lang/extract.ts';
import { frontendOf } from '../lang/index.ts';
import { python } from '../lang/python.ts';
import { readCells, type Cell } from './code/cells.ts';

/** Cell magics whose body is Python, or is left out. */
const PYTHON_MAGIC = /^%%(?:time|timeit|capture|prun|memit|writefile|file|skip|debug|python3?|local)\b/;
const SHELL_MAGIC = /^%%(?:bash|sh|script|shell|system)\b/;

interface Source {
  readonly lines: readonly string[];
  /** Line in the notebook file of each line. */
  readonly origin: readonly number[];
  readonly shell: readonly ShellFact[];
}

/** One Python text of all code cells; magics and shell lines become blank lines so that lines stay countable. */
function sourceOf(cells: readonly Cell[]): Source {
  const lines: string[] = [];
  const origin: number[] = [];
  const shell: ShellFact[] = [];
  for (const cell of cells) {
    const [first] = cell.lines;
    const magic = first?.text.startsWith('%%') ? first.text : undefined;
    const isShell = magic !== undefined && SHELL_MAGIC.test(magic);
    const skipped = magic !== undefined && !isShell && !PYTHON_MAGIC.test(magic);
    // A file that a cell writes is Python only if its name says so.
    const foreign = magic !== undefined && /^%%(?:writefile|file)\b/.test(magic) && !/\.pyi?\s*$/.test(magic);
    let continued = false;
    for (const { text, line } of cell.lines) {
      const trimmed = text.trimStart();
      const command = /^[!%](?:\s*)(?!%)(.*)$/.exec(trimmed);
      const isCommand: boolean =
        continued || (command !== null && (trimmed.startsWith('!') || /^%(?:pip|conda|sh|system)\b/.test(trimmed)));
      if (isShell && text !== magic) shell.push({ text, line });
      else if (isCommand) shell.push({ text: continued ? trimmed : (command?.[1] ?? ''), line });
      continued = isCommand && trimmed.endsWith('\\');
      const blank = isShell || skipped || foreign || isCommand || trimmed.startsWith('%') || trimmed.startsWith('?');
      lines.push(blank ? `${text.slice(0, text.length - trimmed.length)}pass` : assignedCommand(text, line, shell));
      origin.push(line);
    }
  }
  return { lines, origin, shell };
}

/** `files = !ls`: a command whose output is kept. */
function assignedCommand(text: string, line: number, shell: ShellFact[]): string {
  const match = /^(\s*\w+\s*=\s*)!(.*)$/.exec(text);
  if (!match) return text;
  shell.push({ text: match[2] ?? '', line });
  return `${match[1] ?? ''}None`;
}

/** Kernels of other languages, by what their notebooks say, and the extension of such a source. */
const KERNELS: readonly (readonly [RegExp, string])[] = [
  [/^kotlin$/i, '.kts'],
  [/^java$/i, '.java'],
  [/^(?:c#|csharp)$/i, '.cs'],
  [/^typescript$/i, '.ts'],
  [/^javascript$/i, '.js'],
  [/^go$/i, '.go'],
  [/^rust$/i, '.rs'],
  [/^ruby$/i, '.rb'],
];
/** The notebook's own statement: in outputs the quotes would be escaped. */
const KERNEL_SAYS =
  /"kernelspec"\s*:\s*\{[^{}]{0,400}?"language"\s*:\s*"([^"]{1,40})"|"language_info"\s*:\s*\{[^{}]{0,400}?"name"\s*:\s*"([^"]{1,40})"/;

/** A notebook whose kernel is not Python: its front-end, its text, and the file's line of each line. */
export interface ForeignNotebook {
  readonly frontend: Frontend;
  readonly text: string;
  readonly lineOf: (line: number) => number;
}

export function foreignNotebook(text: string): ForeignNotebook | undefined {
  const said = KERNEL_SAYS.exec(text);
  const kernel = KERNELS.find(([pattern]) => pattern.test(said?.[1] ?? said?.[2] ?? ''));
  const frontend = kernel && frontendOf(kernel[1]);
  const cells = kernel && frontend ? readCells(text, kernel[0]) : undefined;
  if (!frontend || !cells) return undefined;
  const lines = cells.flatMap((cell) => cell.lines);
  return {
    frontend,
    // Magics of the kernel (`%use`, `#r`, `#!csharp`) are no source.
    text: lines.map((line) => (/^\s*(?:%|#[!r])/.test(line.text) ? '' : line.text)).join('\n'),
    lineOf: (line) => lines[line - 1]?.line ?? lines.at(-1)?.line ?? 1,
  };
}

/** `!python -m spacy train …` uses the package as an import does. */
function runModule({ text, line }: ShellFact): ImportFact[] {
  const module = /^\s*(?:\S*\/)?python[\d.]*\s+-m\s+([A-Za-z_][\w.]{1,80})/.exec(text)?.[1];
  return module === undefined ? [] : [{ module, line }];
}

/** Facts of a Jupyter notebook, with lines of the notebook file. `undefined` where it is none or is of another kernel. */
export async function extractNotebook(text: string, interest: Interest): Promise<SourceFacts | undefined> {
  const cells = readCells(text);
  if (!cells) return undefined;
  const { lines, origin, shell } = sourceOf(cells);
  const facts = await extractFacts(lines.join('\n'), python, interest, { lineOf: (line) => origin[line - 1] ?? origin.at(-1) ?? 1 });
  return { ...facts, imports: [...facts.imports, ...shell.flatMap(runModule)], shell, notebook: true };
}
