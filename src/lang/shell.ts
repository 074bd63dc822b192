import type { AssignFact, LiteralFact, ShellFact, SourceFacts } from './facts.ts';

/** Lines of one script that are kept. */
const MAX_LINES = 4_000;
/** Rows of one command that a backslash at the end of the row continues. */
const MAX_ROWS = 100;
/** Values of one variable that branches and loops give it. */
const MAX_VALUES = 8;
/** Variables of one script that could name something. */
const MAX_LITERALS = 400;
/** A name, a tag or an address. */
const NAME = /^[A-Za-z0-9@][\w./:@+-]{1,199}$/;
/** Of shells, of batch files. */
const COMMENT = /^(?:#|::|@?rem\b)/i;
const ASSIGN =
  /^\s*(export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s"'$`();]+))\s*(?:#.*)?$/;
const DEFAULT = /^\s*(export\s+|local\s+|readonly\s+|:\s+)?"?(?:([A-Za-z_]\w*)=)?"?\$\{(\w+):?[-=]([^}$`]*)\}"?\s*(?:#.*)?$/;
const USE = /\$\{([A-Za-z_]\w*)(?:\[[@*]\])?\}|\$([A-Za-z_]\w*)/g;
/** `for model in a b c; do` */
const LOOP = /^\s*for\s+([A-Za-z_]\w*)\s+in\s+([^;]{1,2000})(?:;\s*do\b(.*))?$/;
/** `MODELS=(a b)`, or its first row. */
const ARRAY = /^\s*(?:local\s+|declare\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)=\(([^()$`]*)(\))?\s*(?:#.*)?$/;
const ITEM = /"([^"$`]*)"|'([^']*)'|([^\s"'$`()#]+)/g;
/** What stands around an assignment of a branch: `then X=1`, `big) X=1 ;;`. */
const AROUND = /^\s*(?:(?:then|else|do)\s+|[\w*|."'-]{1,80}\)\s+)|\s*;;\s*$/g;
const OPENS = /^\s*(?:if|case)\b/;
const CLOSES = /^\s*(?:fi|esac)\b|;\s*fi\s*$/;

/** A value of a variable, and the row that holds it. */
interface Given {
  readonly value: string;
  readonly line: number;
}

class Variables {
  readonly #values = new Map<string, Given[]>();

  /** Outside of branches a value takes the place of the one before. */
  set(name: string, given: readonly Given[], branch: boolean): void {
    const known = branch ? (this.#values.get(name) ?? []) : [];
    const fresh = given.filter(({ value }) => !known.some((other) => other.value === value));
    this.#values.set(name, [...known, ...fresh].slice(-MAX_VALUES));
  }

  of = (name: string): readonly Given[] => this.#values.get(name) ?? [];

  /** The row with its variables filled in, once for each value of the one that has several. */
  fill(row: string): readonly { readonly text: string; readonly given: readonly Given[] }[] {
    const names = [...new Set([...row.matchAll(USE)].map(([, braced, bare]) => braced ?? bare ?? ''))];
    const many = names.find((name) => this.of(name).length > 1);
    const choices = many === undefined ? [undefined] : this.of(many);
    return choices.map((choice) => {
      const given: Given[] = [];
      const text = row.replaceAll(USE, (whole, braced?: string, bare?: string) => {
        const name = braced ?? bare ?? '';
        const found = name === many ? choice : this.of(name).at(-1);
        if (found) given.push(found);
        return found?.value ?? whole;
      });
      return { text, given };
    });
  }
}

const items = (text: string, line: number): Given[] =>
  [...text.matchAll(ITEM)].slice(0, MAX_VALUES).map(([, double, single, bare]) => ({ value: double ?? single ?? bare ?? '', line }));

/** Command lines of a shell script, with variables that are set to plain text filled in. */
export function shellFacts(text: string): SourceFacts {
  const shell: ShellFact[] = [];
  const assigns: AssignFact[] = [];
  const literals: LiteralFact[] = [];
  const variables = new Variables();
  let continued: { rows: string; line: number; count: number } | undefined;
  let array: string | undefined;
  let depth = 0;
  const emit = (row: string, line: number): void => {
    for (const filled of variables.fill(row))
      shell.push({ text: filled.text, line, ...(filled.given.length > 0 ? { given: filled.given } : {}) });
  };
  /** Takes a row that only gives a variable its value. */
  const assigned = (row: string, line: number): boolean => {
    const [, kind, target, variable, fallback] = DEFAULT.exec(row) ?? [];
    const plain = variable === undefined ? ASSIGN.exec(row) : null;
    const name = plain?.[2] ?? target ?? variable;
    const value = plain ? (plain[3] ?? plain[4] ?? plain[5]) : fallback;
    if (name === undefined || value === undefined) return false;
    // `Environment="NAME=value"` of a unit file that the script writes.
    if (/^[A-Z]\w*=/.test(value)) return false;
    variables.set(name, [{ value, line }], depth > 0);
    if (literals.length < MAX_LITERALS && NAME.test(value)) literals.push({ value, line, column: 1, role: 'assign', key: name });
    if ((plain?.[1] ?? kind ?? '').startsWith('export'))
      assigns.push({ target: `export:${name}`, value: { kind: 'string', value, line, column: 1 }, scope: 0, line });
    return true;
  };
  for (const [index, row] of text.split('\n').slice(0, MAX_LINES).entries()) {
    const line = index + 1;
    const trimmed = row.trim();
    if (continued) {
      continued.rows += `\n${row}`;
      continued.count += 1;
      if (trimmed.endsWith('\\') && continued.count < MAX_ROWS) continue;
      emit(continued.rows, continued.line);
      continued = undefined;
      continue;
    }
    if (array !== undefined) {
      variables.set(array, items(trimmed.replace(/#.*$/, ''), line), true);
      if (trimmed.includes(')')) array = undefined;
      continue;
    }
    if (trimmed === '' || COMMENT.test(trimmed)) continue;
    const closes = CLOSES.test(row);
    if (OPENS.test(row) && !closes) depth += 1;
    else if (closes && !OPENS.test(row)) depth = Math.max(0, depth - 1);
    if (assigned(row.replaceAll(AROUND, ''), line)) continue;
    const list = ARRAY.exec(row);
    if (list) {
      variables.set(list[1] ?? '', items(list[2] ?? '', line), depth > 0);
      if (list[3] === undefined) array = list[1];
      continue;
    }
    const loop = LOOP.exec(row);
    if (loop) {
      const [use] = (loop[2] ?? '').matchAll(USE);
      const source = use ? variables.of(use[1] ?? use[2] ?? '') : items(loop[2] ?? '', line);
      variables.set(loop[1] ?? '', source, false);
      if ((loop[3] ?? '').trim() !== '') emit(loop[3] ?? '', line);
      continue;
    }
    if (trimmed.endsWith('\\')) continued = { rows: row, line, count: 1 };
    else emit(row, line);
  }
  if (continued) emit(continued.rows, continued.line);
  return {
    language: 'shell',
    imports: [],
    scopes: [{ kind: 'module', name: '', parent: -1, line: 1 }],
    calls: [],
    assigns,
    literals,
    shell,
  };
}
