import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError } from '../../core/errors.ts';
import type { ArtifactFinding, InspectContext, Inspection } from '../format.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';

/** Source of one TorchScript module. Honest ones are some hundred kB; the serialiser writes no data into them. */
const MAX_SOURCE = 16 << 20;
const MAX_REPORTED = 20;

/** Records below `code/`. Those of debug information are pickles. */
export const isTorchScriptSource = (name: string): boolean => /(?:^|\/)code\/.*\.py$/.test(name);

/**
 * What TorchScript can reach beyond tensors. The interpreter has no `os`, but operators are looked
 * up by name in a registry that extensions fill, and some built-in ones touch files.
 */
const DANGEROUS: readonly { readonly pattern: RegExp; readonly effect: string; readonly verdict?: 'suspicious' }[] = [
  {
    pattern: /\b(?:torch|ops)\.(?:ops\.)?aten\.(?:save|from_file)\b|\btorch\.(?:save|from_file)\s*\(|\baten::(?:save|from_file)\b/g,
    effect: 'file',
  },
  { pattern: /\bops\.(?:aten\.)?(?:_load_from_file|load_from_bytes)\b/g, effect: 'file' },
  { pattern: /\btorch\.ops\.load_library\b|\bops\.load_library\b/g, effect: 'native-code' },
  { pattern: /\b(?:torch\.distributed\.)?rpc(?:_sync|_async|\.remote)\b|\bops\.(?:rpc|c10d|dist)\.\w+/g, effect: 'network' },
  {
    pattern: /\b(?:__import__|eval|exec|compile)\s*\(|\bos\.(?:system|popen|exec\w*|spawn\w*|remove|unlink|fork)\b|\bsubprocess\.\w+/g,
    effect: 'process',
  },
  // Operators of torchvision and torchaudio that open the file that they are given.
  { pattern: /\bops\.(?:image\.write_file|torchaudio\.\w*save\w*|torchvision\.\w*write\w*)\b/g, effect: 'file' },
  {
    pattern:
      /\bops\.(?:image\.(?:read_file|decode_\w*file)|torchaudio\.\w*(?:load_audio|get_info|from_file)\w*|torchvision\.\w*(?:read|from_file)\w*)\b/g,
    effect: 'file',
    verdict: 'suspicious',
  },
  { pattern: /\b(?:open|socket)\s*\(|\burllib\.\w+|\brequests\.(?:get|post|put)\b/g, effect: 'file or network' },
  { pattern: /\bops\.(?:prims?|profiler)\.(?:_?[Pp]ython\w*|fork)\b|\bprim::PythonOp\b|\^[A-Za-z_]\w*\(/g, effect: 'python' },
];

const utf8 = new TextDecoder('utf-8');

/** Blanks out comments and the content of strings, so that only code is searched. Length is kept. */
function codeOnly(text: string): string {
  return text.replaceAll(/#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (match) =>
    (match[0] === '#' ? '' : (match[0] ?? '')).padEnd(match.length),
  );
}

function finding(ruleId: string, verdict: 'malicious' | 'suspicious', offset: number, args: ArtifactFinding['args']): ArtifactFinding {
  return {
    ruleId,
    severity: verdict === 'malicious' ? 'critical' : 'medium',
    confidence: verdict === 'malicious' ? 'high' : 'medium',
    verdict,
    offset,
    args,
  };
}

/** Findings in TorchScript source text. Offsets are in UTF-16 units, which for this ASCII language are bytes. */
function torchScriptFindings(text: string, namespaces: ReadonlySet<string>): ArtifactFinding[] {
  const code = codeOnly(text);
  const found: ArtifactFinding[] = [];
  for (const { pattern, effect, verdict = 'malicious' } of DANGEROUS) {
    for (const match of code.matchAll(pattern)) {
      if (found.length >= MAX_REPORTED) return found;
      const line = code.slice(0, match.index).split('\n').length;
      found.push(finding('dangerous-operation', verdict, match.index, { operation: match[0].trim(), effect, line }));
    }
  }
  const unknown = new Set<string>();
  for (const match of code.matchAll(/\bops\.([A-Za-z_]\w*)\.([A-Za-z_]\w*)/g)) {
    const [name, namespace] = [match[0], match[1] ?? ''];
    if (namespaces.has(namespace) || unknown.has(name) || unknown.size >= MAX_REPORTED) continue;
    unknown.add(name);
    found.push(finding('custom-operation', 'suspicious', match.index, { operation: name, namespace }));
  }
  return found;
}

/** One `.py` record below `code/`: executable by construction, in a small language. */
export async function inspectTorchScript(reader: ByteReader, context: InspectContext): Promise<Inspection> {
  if (reader.size > MAX_SOURCE) throw new LimitError('MAX_SOURCE', `TorchScript source of ${reader.size} bytes is over the limit`);
  const bytes = await reader.read(0, reader.size);
  context.budget.steps -= bytes.length / 16;
  const text = utf8.decode(bytes);
  const findings = isPlainText(text)
    ? torchScriptFindings(text, context.knowledge.get(vocabularySection).names('torchscript', 'namespaces'))
    : (await context.inspect({ path: 'code', reader })).findings;
  return { format: 'torchscript-code', findings, facts: { lines: text.split('\n').length } };
}

/** The debug records beside the source are pickles, and so may be anything that is named like source. */
const isPlainText = (text: string): boolean => !text.includes('\0') && !text.includes('\ufffd') && text.charCodeAt(0) !== 0x80;
