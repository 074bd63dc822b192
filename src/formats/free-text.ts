import type { ArtifactFinding } from './format.ts';
import { printable } from './printable.ts';
import type { Draft } from './draft.ts';

/** Calls that start programs or evaluate text, in Python, shell or a browser. Prose does not look so. */
const CODE =
  /\b(?:os\.(?:system|popen|exec\w*)|subprocess\.\w+|__import__|importlib\.import_module|pty\.spawn)\s*\(|\b(?:eval|exec)\s*\(\s*["'(a-z_]|\/bin\/(?:ba)?sh\b|<script\b|<\?php\s|\bWScript\.Shell\b|\bchild_process\b|\b(?:Invoke-Expression|DownloadString)\b|\bpowershell(?:\.exe)?\s[^\n]{0,100}-e(?:nc|c|ncodedcommand)?\b|\bpython[23]?\s+-c\s|\b(?:curl|wget)\s[^\n|]{0,200}\|\s{0,8}(?:ba|z|da)?sh\b|\brm\s+-[rf]{1,3}\s+[/~$*.]|\bchmod\s+(?:0?777|\+x)\s/i;
const MAX_TEXT = 1 << 20;

/** The first call in a text that starts a program or evaluates something. */
export const codeIn = (text: string): string | undefined => CODE.exec(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text)?.[0];

/** Code where a file should hold numbers. */
export const codeFinding = (callee: string, where: string): ArtifactFinding => ({
  ruleId: 'embedded-code',
  severity: 'medium',
  confidence: 'medium',
  verdict: 'suspicious',
  args: { kind: 'text', where, callee: printable(callee, 40) },
});

/** Code in a place for names and descriptions runs nowhere by itself; somebody put it there for a reader that is careless. */
export function judgeFreeText(text: string, where: string, draft: Draft): void {
  const callee = codeIn(text);
  if (callee !== undefined)
    draft.report(
      'embedded-code',
      { kind: 'text', where: printable(where, 60), callee: printable(callee, 40) },
      { severity: 'medium', confidence: 'medium' },
    );
}
