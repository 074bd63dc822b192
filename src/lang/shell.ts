import type { ShellFact, SourceFacts } from './facts.ts';

/** Lines of one script that are kept. */
const MAX_LINES = 4_000;
/** Rows of one command that a backslash at the end of the row continues. */
const MAX_ROWS = 100;
/** Of shells, of batch files. */
const COMMENT = /^(?:#|::|@?rem\b)/i;
const ASSIGN =
  /^\s*(?:export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s"'$`();]+))\s*(?:#.*)?$/;
const DEFAULT = /^\s*(?:export\s+|local\s+|readonly\s+)?([A-Za-z_]\w*)="?\$\{\w+:-([^}$`]*)\}"?\s*$/;
const USE = /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g;

/** Command lines of a shell script, with variables that are set to plain text filled in. */
export function shellFacts(text: string): SourceFacts {
  const shell: ShellFact[] = [];
  const variables = new Map<string, string>();
  let continued: { rows: string[]; line: number } | undefined;
  for (const [index, row] of text.split('\n').slice(0, MAX_LINES).entries()) {
    const trimmed = row.trim();
    const fill = (): string => row.replaceAll(USE, (whole, braced?: string, bare?: string) => variables.get(braced ?? bare ?? '') ?? whole);
    if (continued) {
      continued.rows.push(fill());
      if (trimmed.endsWith('\\') && continued.rows.length < MAX_ROWS) continue;
      shell.push({ text: continued.rows.join('\n'), line: continued.line });
      continued = undefined;
      continue;
    }
    if (trimmed === '' || COMMENT.test(trimmed)) continue;
    const assigned = DEFAULT.exec(row) ?? ASSIGN.exec(row);
    if (assigned) variables.set(assigned[1] ?? '', assigned[2] ?? assigned[3] ?? assigned[4] ?? '');
    else if (trimmed.endsWith('\\')) continued = { rows: [fill()], line: index + 1 };
    else shell.push({ text: fill(), line: index + 1 });
  }
  if (continued) shell.push({ text: continued.rows.join('\n'), line: continued.line });
  return {
    language: 'shell',
    imports: [],
    scopes: [{ kind: 'module', name: '', parent: -1, line: 1 }],
    calls: [],
    assigns: [],
    literals: [],
    shell,
  };
}
