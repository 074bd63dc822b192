/** A line of a notebook's code cell, with its line in the notebook file. */
export interface CellLine {
  readonly text: string;
  readonly line: number;
}

export interface Cell {
  readonly lines: readonly CellLine[];
}

/** Nesting of a notebook's JSON: outputs of widgets reach 12. */
const MAX_DEPTH = 64;
/** Code cells of one notebook. */
const MAX_CELLS = 5_000;
const PYTHON = /^(?:python|ipython|conda|pysparkkernel|xpython|\.?venv|base|env)/i;

/**
 * Reads the code cells of a notebook (nbformat 3 and 4) with their places. `JSON.parse` keeps no
 * places, so this is a reader of its own; it keeps only `cell_type` and `source`. Undefined where the
 * kernel is another one.
 */
export function readCells(text: string, kernels: RegExp = PYTHON): readonly Cell[] | undefined {
  const reader = new Reader(text);
  const cells: Cell[] = [];
  let kernel: string | undefined;
  try {
    reader.object((key) => {
      if (key === 'cells') reader.array(() => readCell(reader, cells));
      else if (key === 'worksheets')
        reader.array(() => reader.object((inner) => (inner === 'cells' ? reader.array(() => readCell(reader, cells)) : reader.skip(0))));
      else if (key === 'metadata') kernel = readKernel(reader) ?? kernel;
      else reader.skip(0);
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (cells.length === 0) return undefined;
  }
  return kernel !== undefined && !kernels.test(kernel) ? undefined : cells;
}

function readCell(reader: Reader, cells: Cell[]): void {
  let type = '';
  let lines: CellLine[] = [];
  reader.object((key) => {
    if (key === 'cell_type') type = reader.string().text;
    else if (key === 'source' || key === 'input') lines = readSource(reader);
    else reader.skip(0);
  });
  if (type === 'code' && cells.length < MAX_CELLS) cells.push({ lines });
}

/** `source` is a list of lines, or one string. */
function readSource(reader: Reader): CellLine[] {
  const lines: CellLine[] = [];
  const add = ({ text, line }: CellLine): void => {
    for (const part of text.replace(/\r?\n$/, '').split(/\r?\n/)) lines.push({ text: part, line });
  };
  if (reader.peek() === '[') reader.array(() => add(reader.string()));
  else if (reader.peek() === '"') add(reader.string());
  else reader.skip(0);
  return lines;
}

function readKernel(reader: Reader): string | undefined {
  let language: string | undefined;
  reader.object((key) => {
    if (key === 'kernelspec' || key === 'language_info') {
      reader.object((inner) => {
        if ((inner === 'language' || (inner === 'name' && key === 'language_info')) && reader.peek() === '"')
          language ??= reader.string().text;
        else reader.skip(0);
      });
    } else reader.skip(0);
  });
  return language;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #fail(): never {
    throw new SyntaxError(`notebook: unexpected character at ${this.#at}`);
  }

  #space(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 32) this.#at++;
  }

  peek(): string {
    this.#space();
    return this.#text[this.#at] ?? '';
  }

  #take(char: string): void {
    if (this.peek() !== char) this.#fail();
    this.#at++;
  }

  #lineHere(): number {
    for (let next = this.#text.indexOf('\n', this.#counted); next >= 0 && next < this.#at; next = this.#text.indexOf('\n', next + 1)) {
      this.#line++;
      this.#counted = next + 1;
    }
    return this.#line;
  }

  string(): CellLine {
    if (this.peek() !== '"') this.#fail();
    const start = this.#at;
    const line = this.#lineHere();
    this.#endOfString();
    return { text: JSON.parse(this.#text.slice(start, this.#at)) as string, line };
  }

  #endOfString(): void {
    this.#at++;
    for (;;) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote < 0) this.#fail();
      let slashes = 0;
      while (this.#text[quote - 1 - slashes] === '\\') slashes++;
      this.#at = quote + 1;
      if (slashes % 2 === 0) return;
    }
  }

  object(member: (key: string) => void): void {
    if (this.peek() !== '{') return this.skip(0);
    this.#at++;
    while (this.peek() !== '}') {
      const key = this.string().text;
      this.#take(':');
      this.#space();
      member(key);
      if (this.peek() === ',') this.#at++;
      else if (this.peek() !== '}') this.#fail();
    }
    this.#at++;
  }

  array(item: () => void): void {
    if (this.peek() !== '[') return this.skip(0);
    this.#at++;
    while (this.peek() !== ']') {
      item();
      if (this.peek() === ',') this.#at++;
      else if (this.peek() !== ']') this.#fail();
    }
    this.#at++;
  }

  /** Passes over a value. */
  skip(depth: number): void {
    const first = this.peek();
    if (depth > MAX_DEPTH) this.#fail();
    if (first === '"') return this.#endOfString();
    if (first === '{' || first === '[') {
      const close = first === '{' ? '}' : ']';
      this.#at++;
      while (this.peek() !== close) {
        if (first === '{') {
          if (this.peek() !== '"') this.#fail();
          this.#endOfString();
          this.#take(':');
        }
        this.skip(depth + 1);
        if (this.peek() === ',') this.#at++;
        else if (this.peek() !== close) this.#fail();
      }
      this.#at++;
      return;
    }
    const literal = /[-+\w.]+/y;
    literal.lastIndex = this.#at;
    const match = literal.exec(this.#text);
    if (!match) this.#fail();
    this.#at += match[0].length;
  }
}
