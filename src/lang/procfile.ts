/** Lines of one file that are kept. */
const MAX_LINES = 2_000;
/** Characters of one line; more is data. */
const MAX_LINE = 4_000;

/** `web: gunicorn app:app`. https://devcenter.heroku.com/articles/procfile */
const PROCESS = /^([A-Za-z][\w-]{0,60}):\s*(.*)$/;

const rowsOf = (text: string): string[] => text.split(/\r?\n/, MAX_LINES).map((row) => row.slice(0, MAX_LINE));

/** The processes of a Procfile as a script, row for row. */
export const processesAsScript = (text: string): string =>
  rowsOf(text)
    .map((row) => PROCESS.exec(row)?.[2] ?? '')
    .join('\n');

/** `commands = …` and what is indented below it. https://tox.wiki/en/latest/config.html#commands */
const COMMANDS = /^commands(?:_pre|_post)?\s*=\s*(.*)$/;

/** The commands of tox as a script, row for row: `-` before one says that it may fail. */
export function toxAsScript(text: string): string {
  let inside = false;
  return rowsOf(text)
    .map((row) => {
      const first = COMMANDS.exec(row)?.[1];
      if (first !== undefined || !/^\s/.test(row)) inside = first !== undefined;
      return inside ? (first ?? row).trimStart().replace(/^-\s+/, '') : '';
    })
    .join('\n');
}
