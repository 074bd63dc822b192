import { printable } from './printable.ts';
import type { Draft } from './reading.ts';

/** Calls that start programs or evaluate text, in Python, shell or a browser. Prose does not look so. */
const CODE =
  /\b(?:os\.(?:system|popen|exec\w*)|subprocess\.\w+|__import__|importlib\.import_module|pty\.spawn)\s*\(|\b(?:eval|exec)\s*\(\s*["'(a-z_]|\/bin\/(?:ba)?sh\b|<script\b|\bpython[23]?\s+-c\s/i;
const MAX_TEXT = 1 << 20;

/** Code in a place for names and descriptions runs nowhere by itself; somebody put it there for a reader that is careless. */
export function judgeFreeText(text: string, where: string, draft: Draft): void {
  const match = CODE.exec(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);
  if (match)
    draft.report(
      'embedded-code',
      { kind: 'text', where: printable(where, 60), callee: printable(match[0], 40) },
      { severity: 'medium', confidence: 'medium' },
    );
}
