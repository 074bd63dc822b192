import { incomplete } from '../findings.ts';
import type { ArtifactFinding, Format } from '../format.ts';
import { extensionOf, isWeightExtension } from '../extensions.ts';
import { disguiseOf, isScript, nativeKind } from './native.ts';

/** Names under which programs are at home. */
const HONEST = new Set([
  '.so',
  '.dll',
  '.dylib',
  '.jnilib',
  '.exe',
  '.pyd',
  '.sh',
  '.py',
  '.pl',
  '.rb',
  '.js',
  '.mjs',
  '.bash',
  '.zsh',
  '.command',
  '.bat',
  '.ps1',
  '.wasm',
  '.class',
  '.o',
  '.a',
  '.node',
  '.com',
  '.cubin',
  '',
]);

/** Names of scripts and of texts that show one: harmless with a line `#!`, odd with machine code. */
const SCRIPTS = new Set(
  '.pyx .pyw .pxi .cgi .fcgi .awk .tcl .lua .r .jl .php .fish .ts .cjs .in .tmpl .j2 .txt .md .rst .test .t .tex .el .scm .hs .go .rs .csh .ksh'.split(
    ' ',
  ),
);

function judge(head: Uint8Array, path: string, kind: string): ArtifactFinding[] {
  const extension = extensionOf(path);
  const disguise = disguiseOf(head);
  if (extension === '.llamafile') {
    return [{ ruleId: 'disguised-executable', severity: 'medium', confidence: 'high', verdict: 'suspicious', args: { kind, extension } }];
  }
  // Versioned libraries: libfoo.so.1.2
  if (HONEST.has(extension) || /\.so(?:\.\d+)+$/.test(path)) {
    return kind === 'script' ? [] : [incomplete('opaque', `machine code (${kind})`, { format: kind })];
  }
  if (!disguise || (kind === 'script' && SCRIPTS.has(extension))) return [];
  if (isWeightExtension(extension)) return [disguise];
  return [{ ...disguise, severity: 'high', confidence: 'medium', verdict: 'suspicious', args: { kind, extension } }];
}

/** Programs: opaque under their own names, a disguise under a model's. */
export const nativeFormat: Format = {
  id: 'native',
  extensions: ['.so', '.dll', '.dylib', '.exe'],
  matches: ({ head }) => (nativeKind(head) !== undefined || isScript(head) ? 'yes' : 'no'),
  async inspect({ path, reader }) {
    const head = await reader.read(0, 4096);
    const kind = nativeKind(head) ?? 'script';
    return { format: kind, findings: judge(head, path, kind), facts: {} };
  },
};
