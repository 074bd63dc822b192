import type { ArtifactFinding, Format, InspectContext, Inspection } from '../format.ts';
import { LimitError } from '../../core/errors.ts';
import type { Facts } from '../../core/observation.ts';
import { hasExtension } from '../reading.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { callsOf, decoratorsOf, importsOf, isDecoded, isFetched, type Imports } from './calls.ts';
import { maskPython } from './mask.ts';
import { hiddenNames, hidingEncoding, isSpelled, sendsSecrets } from './obfuscation.ts';

/** Generated model code reaches some MB. */
const MAX_SOURCE = 8 << 20;
const MAX_REPORTED = 20;

/** Commands that fetch and run a program, or hand a shell to a socket. */
const DROPPER =
  /\b(?:curl|wget)\b[^"'\n]{0,200}\|\s{0,8}(?:sudo )?(?:ba|z|da)?sh\b|\/dev\/(?:tcp|udp)\/|\bn(?:c|cat)\b[^"'\n]{0,80}\s-e\b|\bbash -i\b|\bxmrig\b|\bstratum\+(?:tcp|ssl):|\bpowershell\b[^"'\n]{0,80}\s-(?:e|enc|encodedcommand)\b/i;
/** Text of a call that is looked through for such a command. */
const MAX_COMMAND = 400;
/** A socket whose descriptor becomes the standard input of a program. */
const SHELL_PARTS = ['socket.socket', 'os.dup2'] as const;

const RUNS = /^(?:builtins\.)?(?:exec|eval|compile)$/;
/** Letters that Python takes for those of ASCII: it reads identifiers in NFKC (PEP 3131). */
const COMPATIBLE = /[\uff21-\uff5a]|[\u{1d400}-\u{1d7ff}]/u;

/** Source that is loaded with a model whatever lies around it: modules of `auto_map`, handlers of endpoints, torch.hub's entry. */
const LOADED_SOURCE =
  /(?:^|[/!])(?:(?:modeling|configuration|tokenization|processing|image_processing|video_processing|feature_extraction|pipeline|modular)_\w+|handler|hubconf|custom_generate\/generate)\.py$/;

/** Findings that no honest program explains, whatever kind of file the source is. */
const isCertain = ({ args }: ArtifactFinding): boolean => args['decoded'] === true || args['dropper'] === true;

function callFinding(verdict: 'malicious' | 'suspicious', callee: string, line: number, offset: number, why: Facts = {}): ArtifactFinding {
  const severe = verdict === 'malicious';
  return {
    ruleId: 'embedded-code',
    severity: severe ? 'critical' : 'medium',
    confidence: severe ? 'high' : 'medium',
    verdict,
    offset,
    args: { language: 'python', callee, line, ...why },
  };
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

/** The name of a call after imports; a bare name may be one of `from os import *`. */
function calleeOf(name: string, imports: Imports, isTelling: (callee: string) => boolean): string {
  const callee = imports.resolve(name);
  if (callee.includes('.') || isTelling(callee)) return callee;
  const starred = imports.stars.map((module) => `${module}.${callee}`);
  return starred.find(isTelling) ?? callee;
}

/** Calls in Python source that a model has no reason for. A reading of the text, not of its flow. */
function pythonFindings(source: string, dangerous: ReadonlySet<string>, unusual: ReadonlySet<string>): ArtifactFinding[] {
  const text = COMPATIBLE.test(source) ? source.normalize('NFKC') : source;
  const code = maskPython(text);
  const isTelling = (callee: string): boolean => dangerous.has(callee) || unusual.has(callee);
  const imports = importsOf(code);
  const found: ArtifactFinding[] = [];
  const called = new Set<string>();
  for (const { callee, at } of hiddenNames(text)) {
    if (found.length >= MAX_REPORTED) break;
    // A comment or a text that only speaks of it: the mask has blanked what stands around the quotes.
    if (code[at]?.trim() !== '') found.push(callFinding('malicious', callee, lineAt(text, at), at, { decoded: true }));
  }
  const encoding = hidingEncoding(text);
  if (encoding !== undefined) found.push(callFinding('malicious', `coding: ${encoding}`, 1, 0, { decoded: true }));
  for (const { name, at } of decoratorsOf(code)) {
    const callee = calleeOf(name, imports, isTelling);
    if (RUNS.test(callee) || dangerous.has(callee))
      found.push(callFinding('malicious', `@${callee}`, lineAt(text, at), at, { decoded: true }));
  }
  for (const { name, at, line, args } of callsOf(code)) {
    if (found.length >= MAX_REPORTED) break;
    const callee = calleeOf(name, imports, isTelling);
    called.add(callee);
    const runs = RUNS.test(callee);
    const unpickles = /^(?:pickle|dill|cloudpickle|marshal)\.loads?$/.test(callee);
    const decoded = (runs && (isDecoded(args, imports) || isSpelled(args))) || (unpickles && isFetched(args, imports));
    const starts = isTelling(callee);
    const dropper =
      starts &&
      DROPPER.test(
        text
          .slice(at, at + MAX_COMMAND)
          .split('\n', 3)
          .join('\n'),
      );
    const shell = callee === 'os.dup2' && SHELL_PARTS.every((part) => called.has(part));
    if (decoded) found.push(callFinding('malicious', callee, line, at, { decoded }));
    else if (
      dropper ||
      shell ||
      sendsSecrets(
        callee,
        text
          .slice(at, at + MAX_COMMAND)
          .split('\n', 3)
          .join('\n'),
      )
    )
      found.push(callFinding('malicious', callee, line, at, { dropper: true }));
    else if (dangerous.has(callee)) found.push(callFinding('malicious', callee, line, at));
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
        if (finding.ruleId !== 'embedded-code' || finding.args['language'] !== 'python' || isCertain(finding)) return finding;
        const { verdict: _verdict, ...rest } = finding;
        return { ...rest, severity: 'low' };
      });

/** Source that an archive or a model folder brings along: TorchServe handlers, `auto_map` modules. */
export const pythonFormat: Format = {
  id: 'python-source',
  extensions: ['.py'],
  matches: ({ path, head }) => (hasExtension(path, '.py') && !head.includes(0) ? 'yes' : 'no'),
  async inspect({ path, reader }, context: InspectContext): Promise<Inspection> {
    if (reader.size > MAX_SOURCE) throw new LimitError('MAX_SOURCE', `source of ${reader.size} bytes is over the limit`);
    context.budget.steps -= reader.size / 16;
    const text = new TextDecoder('utf-8').decode(await reader.read(0, reader.size));
    const words = context.knowledge.get(vocabularySection);
    const findings = pythonFindings(text, words.names('python-source', 'dangerous'), words.names('python-source', 'unusual'));
    // A program of its own may start others; that it is loaded with a model only some names say.
    const judged = context.depth === 0 && !LOADED_SOURCE.test(path) ? judgedByFlavour(findings, 'file') : findings;
    return { format: 'python-source', findings: judged, facts: { lines: text.split('\n').length } };
  },
};
