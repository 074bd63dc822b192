const ROW = /[ \t]*#[^\n]*\n/y;
/** Rows of comments in a row that the grammar gets through: what it takes grows with their square, and 15,000 take 5 s. */
const MAX_ROWS = 500;

/** Source whose longest comments are blank; every character keeps its place. */
export function withoutLongComments(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0, begun = 0, rows = 0; at < text.length;) {
    ROW.lastIndex = at;
    const row = ROW.exec(text)?.[0].length ?? 0;
    if (row > 0) {
      if (rows === 0) begun = at;
      rows += 1;
      at += row;
    }
    if (row > 0 && at < text.length) continue;
    if (rows > MAX_ROWS) {
      pieces.push(text.slice(kept, begun), text.slice(begun, at).replaceAll(/[^\n]/g, ' '));
      kept = at;
    }
    rows = 0;
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end + 1;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(kept);
}
