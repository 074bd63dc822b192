const QUOTES = /"""|'''/g;

/** For each row of Python whether it begins inside a string of several rows: text, and no code. Comments are not told apart. */
export function insideStrings(rows: readonly string[]): readonly boolean[] {
  let open: string | undefined;
  return rows.map((row) => {
    const inside = open !== undefined;
    for (const [quote] of row.matchAll(QUOTES))
      if (open === undefined) open = quote;
      else if (open === quote) open = undefined;
    return inside;
  });
}
