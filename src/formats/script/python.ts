import type { ArtifactFinding, Format, InspectContext, Inspection } from '../format.ts';
import { LimitError } from '../../core/errors.ts';
import { hasExtension } from '../reading.ts';
import { vocabularySection } from '../vocabulary.ts';
import { callsOf, importsOf, isDecoded } from './calls.ts';
import { maskPython } from './mask.ts';

/** Generated model code reaches some MB. */
const MAX_SOURCE = 8 << 20;
const MAX_REPORTED = 20;

function callFinding(verdict: 'malicious' | 'suspicious', callee: string, line: number, offset: number, decoded = false): ArtifactFinding {
  const severe = verdict === 'malicious';
  return {
    ruleId: 'embedded-code',
    severity: severe ? 'critical' : 'medium',
    confidence: severe ? 'high' : 'medium',
    verdict,
    offset,
    args: { language: 'python', callee, line, ...(decoded ? { decoded } : {}) },
  };
}

/** Calls in Python source that a model has no reason for. A reading of the text, not of its flow. */
function pythonFindings(text: string, dangerous: ReadonlySet<string>, unusual: ReadonlySet<string>): ArtifactFinding[] {
  const code = maskPython(text);
  const imports = importsOf(code);
  const found: ArtifactFinding[] = [];
  for (const { name, at, line, args } of callsOf(code)) {
    if (found.length >= MAX_REPORTED) break;
    const callee = imports.resolve(name);
    const decoded = /^(?:builtins\.)?(?:exec|eval|compile)$/.test(callee) && isDecoded(args, imports);
    if (dangerous.has(callee) || decoded) found.push(callFinding('malicious', callee, line, at, decoded));
    else if (unusual.has(callee)) found.push(callFinding('suspicious', callee, line, at));
  }
  return found;
}

/** Archives whose Python source is loaded with the model. Other archives are packages of ordinary code. */
const MODEL_FLAVOURS = new Set([
  'torchserve-mar',
  'nemo',
  'torch-zip',
  'torchscript',
  'torch-package',
  'keras',
  'skops',
  'stable-baselines3',
  'npz',
  'coreml-package',
]);

/** What a container keeps of its findings about source, by what it turned out to be. */
export const judgedByFlavour = (findings: readonly ArtifactFinding[], flavour: string): ArtifactFinding[] =>
  MODEL_FLAVOURS.has(flavour)
    ? [...findings]
    : findings.map((finding) => {
        if (finding.ruleId !== 'embedded-code' || finding.args['language'] !== 'python' || finding.args['decoded'] === true) return finding;
        const { verdict: _verdict, ...rest } = finding;
        return { ...rest, severity: 'low' };
      });

/** Source that an archive or a model folder brings along: TorchServe handlers, `auto_map` modules. */
export const pythonFormat: Format = {
  id: 'python-source',
  extensions: ['.py'],
  matches: ({ path, head }) => (hasExtension(path, '.py') && !head.includes(0) ? 'yes' : 'no'),
  async inspect({ reader }, context: InspectContext): Promise<Inspection> {
    if (reader.size > MAX_SOURCE) throw new LimitError('MAX_SOURCE', `source of ${reader.size} bytes is over the limit`);
    context.budget.steps -= reader.size / 16;
    const text = new TextDecoder('utf-8').decode(await reader.read(0, reader.size));
    const words = context.knowledge.get(vocabularySection);
    const findings = pythonFindings(text, words.names('python-source', 'dangerous'), words.names('python-source', 'unusual'));
    // A program of its own may start others; that it is loaded with a model is not known here.
    const judged = context.depth === 0 ? judgedByFlavour(findings, 'file') : findings;
    return { format: 'python-source', findings: judged, facts: { lines: text.split('\n').length } };
  },
};
