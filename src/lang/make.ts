/** Lines of one Makefile that are kept. */
const MAX_LINES = 4_000;
/** Characters of one line; more is data. */
const MAX_LINE = 4_000;
/** `X = a`, `X := a`, `X ?= a`, `export X = a`, just's `x := "a"`. */
const ASSIGN = /^(?:(?:export|override)\s+)*([A-Za-z_][\w-]*)\s*(?:::?:?=|\?=|=)\s*(.*)$/;
/** `$(X)`, `{{ x }}`. */
const USE = /\$\(([A-Za-z_][\w-]*)\)|\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/g;
/** Silence, errors that do not count, commands that run even in a dry run; just's quiet. */
const PREFIX = /^[@+-]+\s*/;

const shellName = (name: string): string => name.replaceAll('-', '_');
const withVariables = (text: string): string =>
  text.replaceAll(USE, (_whole, made?: string, just?: string) => `\${${shellName(made ?? just ?? '')}}`).replaceAll('$$', '$');

/**
 * The recipes of a Makefile or Justfile as the shell script that they are, row for row: variables are
 * assigned, targets and directives become empty rows, so that lines keep their numbers. Functions of
 * make are not evaluated. https://www.gnu.org/software/make/manual/html_node/Recipes.html
 */
export function recipesAsScript(text: string): string {
  let continued = false;
  const rows = text.split(/\r?\n/, MAX_LINES).map((raw) => {
    const row = raw.slice(0, MAX_LINE);
    const recipe = /^[\t ]/.test(row) || continued;
    if (recipe) {
      const body = continued ? row : row.trimStart().replace(PREFIX, '');
      continued = row.endsWith('\\');
      return withVariables(body);
    }
    const [, name, written = ''] = ASSIGN.exec(row) ?? [];
    const value = written
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2');
    return name === undefined || /["`\\]|\$[({]/.test(value) ? '' : `${shellName(name)}="${value}"`;
  });
  return rows.join('\n');
}
