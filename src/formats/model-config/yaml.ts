import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit, type Document, type ParsedNode } from 'yaml';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { InspectContext } from '../format.ts';
import { judgeTarget } from '../python-target.ts';
import type { Draft } from '../draft.ts';
import { escapes } from '../external-path.ts';
import { baseName, defineReader, hasExtension, printable, spend } from '../reading.ts';
import { decodeUtf8, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { walkKeras } from '../keras/walk.ts';
import { configFacts } from './facts.ts';
import { findRemoteCode, judgeModule } from './remote-code.ts';
import { judgeTargets, walkConfig } from './walk.ts';

/** Read as text. */
const MAX_YAML = 16 * 1024 * 1024;
/** Parsed: the parser takes some 4 ms per kilobyte. Configurations of models have 60 kB at most. */
const MAX_PARSED = 512 * 1024;
/** yaml's composer recurses; real configurations stay below 20 levels. */
const MAX_DEPTH = 200;
const MODEL_FILES = /^(?:mlmodel|model_config\.ya?ml|hparams\.ya?ml|model\.ya?ml)$/;
const STANDARD = 'tag:yaml.org,2002:';
/** PyYAML tags that give plain values. */
const PLAIN_PYTHON = /^python\/(?:none|bool|str|unicode|bytes|int|long|float|complex|list|tuple|dict)$/;
/** SnakeYAML builds any class that a tag names. */
const JAVA_TAG = /^(?:javax?|com|org|sun|ch)\.[\w.$]+$/;
/**
 * What any judgement below needs to be there, in plain or escaped spelling. Parsing YAML costs
 * milliseconds per kilobyte, and most YAML of a repository is locks and pipelines.
 */
const TELLING =
  /_target_|__target__|class_path|callable|import_path|\btarget\b|(?:^|[\s:,[{-])![!<\w]|%TAG|class_name|\{\{|\{%|auto_map|chat.?template|flavors|py\/|\\[xuU]|\bgA[J-V]|UEsDB|H4sI|eJ[wyz]|base_model|model_type|architectures|license/;
const INDENTED = /^( *)(?:- )*/;

function judgeTag(tag: string, context: InspectContext, draft: Draft): void {
  const local = tag.startsWith(STANDARD) ? tag.slice(STANDARD.length) : tag.replace(/^!+/, '');
  if (local.startsWith('python/')) {
    if (PLAIN_PYTHON.test(local)) return;
    const [kind, target = ''] = [local.slice(7).split(':')[0] ?? '', local.slice(local.indexOf(':') + 1)];
    const standing = judgeTarget(target, context);
    const args = { key: `!!python/${printable(kind, 30)}`, target: printable(target) };
    if (standing.kind === 'dangerous') draft.report('dangerous-object', { ...args, kind: standing.category });
    else if (kind !== 'name' || standing.kind !== 'known') draft.report('unknown-object', { ...args, kind: 'yaml-tag' });
  } else if (/^(?:new|name|apply|module):/.test(local)) {
    // HyperPyYAML (SpeechBrain): what follows is imported, and called.
    const target = local.slice(local.indexOf(':') + 1);
    const standing = judgeTarget(target, context);
    if (standing.kind === 'dangerous')
      draft.report('dangerous-object', {
        key: `!${printable(local.split(':')[0] ?? '', 20)}`,
        target: printable(target),
        kind: standing.category,
      });
  } else if (tag.startsWith(STANDARD) && JAVA_TAG.test(local))
    draft.report('dangerous-object', { key: 'tag', target: printable(local), kind: 'java-tag' });
  else if (local.startsWith('js/function')) draft.report('unknown-object', { key: 'tag', target: printable(local), kind: 'js-tag' });
  else if (/^ruby\/(?:object|struct|class|module|exception|hash)/.test(local))
    draft.report('unknown-object', { key: 'tag', target: printable(local), kind: 'ruby-tag' });
}

function toValue(node: ParsedNode | null, context: InspectContext): JsonValue {
  spend(context, 1);
  if (isMap(node)) {
    const entries = new Map<string, JsonValue>();
    for (const { key, value } of node.items) entries.set(isScalar(key) ? String(key.value) : '?', toValue(value, context));
    return entries;
  }
  if (isSeq(node)) return node.items.map((item) => toValue(item, context));
  // What an alias stands for is judged at its anchor.
  if (isAlias(node) || !isScalar(node)) return null;
  const { value } = node;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? value : null;
}

/** Files of a flavor are joined to the folder of the model. */
function judgeFlavorPaths(flavor: JsonObject, draft: Draft): void {
  for (const [key, value] of flavor)
    if (typeof value === 'string' && /(?:^|_)(?:path|model|data|file|code|dir|weights)$/.test(key) && escapes(value))
      draft.report('external-reference', { problem: key, target: printable(value) });
}

/** MLflow's MLmodel: the module that loads the model, and the code that ships with it. */
function judgeMlflow(root: JsonObject, context: InspectContext, draft: Draft): void {
  const flavors = root.get('flavors');
  if (!isObject(flavors)) return;
  draft.format = 'mlflow-model';
  draft.facts['flavors'] = [...flavors.keys()].map((name) => printable(name, 40)).slice(0, 20);
  for (const flavor of flavors.values()) if (isObject(flavor)) judgeFlavorPaths(flavor, draft);
  const python = flavors.get('python_function');
  if (!isObject(python)) return;
  const loader = stringAt(python, 'loader_module');
  if (loader !== undefined && !/^mlflow(?:\.|$)/.test(loader)) judgeModule('loader_module', loader, '', context, draft);
  const code = stringAt(python, 'code') ?? stringAt(python, 'model_code_path');
  if (code !== undefined && code !== '') draft.report('remote-code', { key: 'code', file: printable(code) });
}

function parse(text: string): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, { version: '1.1', strict: false, uniqueKeys: false, logLevel: 'silent' });
    return Array.isArray(documents) ? documents : [];
  } catch (error) {
    if (error instanceof RangeError) throw new LimitError('yaml-depth', 'YAML nested too deep');
    throw new ParseError('no YAML');
  }
}

/** Refuses nesting before the parser recurses: by indentation, and by brackets of the flow style. */
function checkDepth(text: string): void {
  let open = 0;
  for (const line of text.split('\n')) {
    const indent = INDENTED.exec(line)?.[0].length ?? 0;
    if (indent > MAX_DEPTH * 4 && line.trim() !== '') throw new LimitError('yaml-depth', 'YAML nested too deep');
    for (const char of line) {
      if (char === '[' || char === '{') open += 1;
      else if ((char === ']' || char === '}') && open > 0) open -= 1;
      if (open > MAX_DEPTH) throw new LimitError('yaml-depth', 'YAML nested too deep');
    }
  }
}

/** What a line says by itself, of a document that is not parsed to its end: a tag is a tag there too. */
function judgeLines(text: string, context: InspectContext, draft: Draft): void {
  for (const match of text.matchAll(/^[ \t-]*["']?_target_["']?[ \t]*:[ \t]*["']?([\w.]{1,200})/gm))
    judgeTargets(new Map([['_target_', match[1] ?? '']]), context, draft);
  for (const match of text.matchAll(/!!(python\/[\w/]+:[\w.]+)|tag:yaml\.org,2002:(python\/[\w/]+:[\w.]+)/g))
    judgeTag(`${STANDARD}${match[1] ?? match[2]}`, context, draft);
}

export const yaml = defineReader({
  id: 'yaml',
  extensions: ['.yaml', '.yml'],
  matches: ({ path, head }) =>
    (hasExtension(path, '.yaml', '.yml') || baseName(path) === 'mlmodel') && !head.includes(0) ? 'maybe' : 'no',
  async read({ reader, path }, context, draft) {
    draft.certain = MODEL_FILES.test(baseName(path));
    if (reader.size > MAX_YAML) throw new LimitError('yaml-size', `YAML of ${reader.size} bytes is over the limit of ${MAX_YAML}`);
    const text = decodeUtf8(await reader.read(0, reader.size)).replace(/^\ufeff/, '');
    if (!draft.certain && !TELLING.test(text)) return;
    spend(context, Math.ceil(text.length / 32));
    try {
      if (text.length > MAX_PARSED)
        throw new LimitError('yaml-size', `YAML of ${text.length} characters is over the limit of ${MAX_PARSED}`);
      checkDepth(text);
    } catch (error) {
      judgeLines(text, context, draft);
      throw error;
    }
    const documents = parse(text);
    const broken = documents.find(({ errors }) => errors.length > 0);
    for (const document of documents) {
      visit(document, {
        Node(_key, node) {
          const tag = 'tag' in node ? node.tag : undefined;
          if (typeof tag === 'string') judgeTag(tag, context, draft);
        },
      });
      const value = toValue(document.contents, context);
      if (isObject(value)) {
        configFacts(value, draft);
        findRemoteCode(value, context, draft);
        judgeMlflow(value, context, draft);
      }
      walkKeras(value, context, draft);
      await walkConfig(value, path, context, draft);
    }
    if (!broken) return;
    judgeLines(text, context, draft);
    throw new ParseError(broken.errors[0]?.code ?? 'broken YAML');
  },
});
