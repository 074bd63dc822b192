import type { CallExpr } from '../../lang/facts.ts';

/** Programs that run what they read. */
const INTERPRETER = /^(?:.*[\\/])?(?:(?:ba|z|da|k)?sh|cmd(?:\.exe)?|powershell|pwsh|python[\d.]*|node|ruby|irb|R)$/i;

/** Starts an interpreter that waits for what it is to run: by itself, with `-i`, or with a program of one's own (`-c NAME`) that reads. */
export function startsSession({ args }: CallExpr): boolean {
  const [first, second] = args;
  if (!first) return false;
  const words =
    first.value.kind === 'list' ? first.value.items : [first.value, ...(second?.value.kind === 'list' ? second.value.items : [])];
  const [program, ...rest] = words;
  if (program?.kind !== 'string' || !INTERPRETER.test(program.value)) return false;
  const at = rest.findIndex((word) => word.kind === 'string' && /^-[ci]$/.test(word.value));
  const option = rest[at];
  return rest.length === 0 || (option?.kind === 'string' && (option.value === '-i' || rest[at + 1]?.kind !== 'string'));
}
