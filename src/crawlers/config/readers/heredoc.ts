/** `cat <<EOF`, `kubectl apply -f - <<'YAML'`, `<<-EOF` with tabs taken off. */
const START = /<<(-?)\s*(["']?)([A-Za-z_]\w{0,40})\2/;
const MAX_LINES = 20_000;
const MAX_BLOCKS = 100;
/** A Kubernetes document or a compose file. */
const MANIFEST = /^(?:apiVersion|services)\s*:/m;

export interface Heredoc {
  readonly text: string;
  /** Line before its first. */
  readonly line: number;
}

/** Manifests that a script carries and applies. */
export function manifestsIn(script: string): readonly Heredoc[] {
  const blocks: Heredoc[] = [];
  const rows = script.split(/\r?\n/, MAX_LINES);
  for (let at = 0; at < rows.length && blocks.length < MAX_BLOCKS; at += 1) {
    const match = START.exec(rows[at] ?? '');
    if (!match) continue;
    const first = at + 1;
    const ends = (row: string): boolean => (match[1] === '-' ? row.replace(/^\t+/, '') : row) === match[3];
    while (at + 1 < rows.length && !ends(rows[at + 1] ?? '')) at += 1;
    const text = rows.slice(first, at + 1).join('\n');
    if (MANIFEST.test(text)) blocks.push({ text, line: first });
  }
  return blocks;
}
