import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isNode, LineCounter, type Document } from 'yaml';
import { yamlDocuments } from '../text/yaml-documents.ts';
import schema from '../../assay.schema.json' with { type: 'json' };
import { UserError } from '../core/errors.ts';
import type { Severity } from '../core/severity.ts';
import { emptyPolicy, type AccessList, type Policy, type RuleSetting, type TrustedSigner, type Waiver } from './policy.ts';

/** Where a configuration is looked for, in this order. `.github/` is what code owners usually guard. */
export const POLICY_PATHS = ['assay.yaml', 'assay.yml', '.github/assay.yaml', '.github/assay.yml'] as const;

/** A configuration is written by hand. */
const MAX_POLICY_BYTES = 1024 * 1024;

/** The file, as the schema lets it through. */
interface PolicyFile {
  readonly 'fail-on'?: Severity | 'none';
  readonly 'min-severity'?: Severity;
  readonly 'min-confidence'?: 'high' | 'medium' | 'low';
  readonly exclude?: readonly string[];
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly models?: AccessList;
  readonly providers?: AccessList;
  readonly licences?: AccessList;
  readonly registries?: AccessList;
  readonly integrity?: {
    readonly 'require-signatures'?: boolean;
    readonly 'trusted-signers'?: readonly (Omit<TrustedSigner, 'identityRegexp'> & { readonly 'identity-regexp'?: string })[];
  };
  readonly waivers?: readonly Omit<Waiver, 'source'>[];
  readonly declarations?: Readonly<Record<string, string>>;
}

let validator: ValidateFunction<PolicyFile> | undefined;
const validate = (): ValidateFunction<PolicyFile> =>
  (validator ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile<PolicyFile>(schema));

type Path = readonly (string | number)[];

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const show = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');

/** Line of the node at a path, or of the nearest one above it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function explain(error: ErrorObject): { readonly path: Path; readonly message: string } {
  const path = pathOf(error.instancePath);
  const detail = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties')
    return { path: [...path, String(detail['additionalProperty'])], message: 'is not a setting' };
  if (error.keyword === 'required') return { path, message: `needs "${String(detail['missingProperty'])}"` };
  if (error.keyword === 'enum' && Array.isArray(detail['allowedValues']))
    return { path, message: `must be one of ${detail['allowedValues'].join(', ')}` };
  return { path, message: error.message ?? 'is not valid' };
}

/** A day that exists: `2026-02-30` does not. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Settings that the schema cannot judge: rules that exist, days that exist, expressions that compile. */
function check(file: PolicyFile, knowsRule: (id: string) => boolean): { readonly path: Path; readonly message: string }[] {
  const problems: { readonly path: Path; readonly message: string }[] = [];
  for (const id of Object.keys(file.rules ?? {}))
    if (!knowsRule(id)) problems.push({ path: ['rules', id], message: 'there is no such rule' });
  for (const [index, waiver] of (file.waivers ?? []).entries()) {
    if (!knowsRule(waiver.rule)) problems.push({ path: ['waivers', index, 'rule'], message: `there is no rule "${waiver.rule}"` });
    if (!isDay(waiver.expires)) problems.push({ path: ['waivers', index, 'expires'], message: `"${waiver.expires}" is no day` });
  }
  for (const [index, signer] of (file.integrity?.['trusted-signers'] ?? []).entries()) {
    try {
      void new RegExp(signer['identity-regexp'] ?? '', 'u');
    } catch {
      problems.push({ path: ['integrity', 'trusted-signers', index, 'identity-regexp'], message: 'is no regular expression' });
    }
  }
  return problems;
}

const camel = (key: string): string => key.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function toPolicy(file: PolicyFile, source: string, line: (path: Path) => number): Policy {
  return {
    ...emptyPolicy,
    source,
    ...(file['fail-on'] === undefined ? {} : { failOn: file['fail-on'] }),
    ...(file['min-severity'] === undefined ? {} : { minSeverity: file['min-severity'] }),
    ...(file['min-confidence'] === undefined ? {} : { minConfidence: file['min-confidence'] }),
    exclude: file.exclude ?? [],
    rules: new Map(Object.entries(file.rules ?? {})),
    models: file.models ?? {},
    providers: file.providers ?? {},
    licences: file.licences ?? {},
    registries: file.registries ?? {},
    trustedSigners: (file.integrity?.['trusted-signers'] ?? []).map(({ 'identity-regexp': identityRegexp, ...signer }) => ({
      ...signer,
      ...(identityRegexp === undefined ? {} : { identityRegexp }),
    })),
    requireSignatures: file.integrity?.['require-signatures'] ?? false,
    waivers: (file.waivers ?? []).map((waiver, index) => ({
      ...waiver,
      ...(waiver.digest === undefined ? {} : { digest: waiver.digest.replace(/^sha256:/, '') }),
      source: `${source}:${line(['waivers', index])}`,
    })),
    declarations: Object.fromEntries(Object.entries(file.declarations ?? {}).map(([key, value]) => [camel(key), value])),
  };
}

/**
 * Reads a configuration. Data only: nothing in it is run. Throws `UserError` with file and line of
 * every problem.
 */
export function parsePolicy(text: string, source: string, knowsRule: (id: string) => boolean): Policy {
  if (text.length > MAX_POLICY_BYTES) throw new UserError(`${source} is larger than ${MAX_POLICY_BYTES} bytes`);
  const lines = new LineCounter();
  const fail = (problems: readonly { readonly line: number; readonly message: string }[]): never => {
    throw new UserError(problems.map(({ line, message }) => `${source}:${line}: ${message}`).join('\n'));
  };
  let documents: readonly Document.Parsed[] = [];
  try {
    documents = yamlDocuments(text, lines, { uniqueKeys: true });
  } catch (error) {
    fail([{ line: 1, message: error instanceof Error ? error.message : String(error) }]);
  }
  const [document] = documents;
  if (!document) return emptyPolicy;
  if (documents.length > 1) fail([{ line: 1, message: 'a configuration is one document' }]);
  if (document.errors.length > 0) {
    fail(
      document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: error.message.split('\n')[0] ?? error.message })),
    );
  }
  let file: unknown;
  try {
    file = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    fail([{ line: 1, message: error instanceof Error ? error.message : String(error) }]);
  }
  const accepts = validate();
  const problems = accepts(file)
    ? check(file, knowsRule)
    : (accepts.errors ?? []).filter((error) => error.keyword !== 'anyOf' || error.schemaPath.endsWith('anyOf')).map(explain);
  if (problems.length > 0 || !accepts(file)) {
    fail(problems.map(({ path, message }) => ({ line: lineOf(document, lines, path), message: `${show(path)} ${message}`.trim() })));
    return emptyPolicy;
  }
  return toPolicy(file, source, (path) => lineOf(document, lines, path));
}

/** A file for `--waivers`: a configuration that holds waivers, or the list alone. */
export function parseWaivers(text: string, source: string, knowsRule: (id: string) => boolean): readonly Waiver[] {
  const first = text.split('\n').find((line) => line.trim() !== '' && !/^\s*(?:#|---)/.test(line));
  if (first === undefined || !/^\s*-\s/.test(first)) return parsePolicy(text, source, knowsRule).waivers;
  // The list is put under its key on one line before it, so that lines stay right by one.
  const policy = parsePolicy(`waivers:\n${text}`, source, knowsRule);
  return policy.waivers.map((waiver) => ({ ...waiver, source: waiver.source.replace(/\d+$/, (line) => String(Number(line) - 1)) }));
}
