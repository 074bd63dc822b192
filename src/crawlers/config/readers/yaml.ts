import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, type Scalar } from 'yaml';
import { LimitError } from '../../../core/errors.ts';
import { yamlDocuments } from '../../../text/yaml-documents.ts';
import { newMeter, scalar, spend, type ConfigDocuments, type ConfigNode, type MapEntry, type Meter, type ScalarNode } from './node.ts';

/** YAML is parsed at about half a megabyte per second; larger files are data or generated. */
export const MAX_YAML = 512 * 1024;
/** Documents of one stream; generated manifests have some hundred. */
const MAX_DOCUMENTS = 500;

/** Lines of templates that people write are shorter; the patterns below are not linear. */
const MAX_TEMPLATE_LINE = 1000;
const TEMPLATE = /\{\{/;
/** A line that is nothing but template actions: control flow of Helm and Jinja. */
const TEMPLATE_LINE = /^\s*-?\s*\{\{.*\}\}\s*$|^\s*\{%.*%\}\s*$/;
/** A value with a template action outside quotes: `name: {{ .Values.x }}-y`. */
const TEMPLATE_VALUE = /^(\s*(?:- )?(?:[\w./-]+:)?\s*)((?:[^"'#\s]\S*)?\{\{.*\}\}.*)$/;

/** Makes a Helm or Jinja template readable as YAML, line by line, so that line numbers stay. */
export function plainTemplate(text: string): string {
  if (!TEMPLATE.test(text) && !text.includes('{%')) return text;
  return text
    .split('\n')
    .map((line) => {
      if (!line.includes('{{') && !line.includes('{%')) return line;
      if (line.length > MAX_TEMPLATE_LINE) return '';
      if (TEMPLATE_LINE.test(line)) return '';
      const match = TEMPLATE_VALUE.exec(line);
      return match?.[2] === undefined ? line : `${match[1]}'${match[2].replaceAll("'", "''").trim()}'`;
    })
    .join('\n');
}

/** Short forms of CloudFormation's functions, and their long forms. */
const INTRINSICS: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ...['Sub', 'Join', 'FindInMap', 'If', 'Select', 'Split', 'GetAtt', 'GetAZs', 'ImportValue', 'Base64', 'Cidr', 'Transform'].map(
    (name) => [`!${name}`, `Fn::${name}`] as const,
  ),
]);

/** All documents of a YAML stream. Aliases are followed once; merge keys are expanded. */
export function readYaml(text: string): ConfigDocuments {
  if (text.length > MAX_YAML) return { documents: [], problem: { reason: 'limit', detail: `${text.length} characters of YAML` } };
  const templated = TEMPLATE.test(text) || text.includes('{%');
  const source = templated ? plainTemplate(text) : text;
  const lines = new LineCounter();
  let list: ReturnType<typeof yamlDocuments>;
  try {
    list = yamlDocuments(source, lines);
  } catch (error) {
    if (error instanceof LimitError) return { documents: [], problem: { reason: 'limit', detail: error.message } };
    throw error;
  }
  const meter = newMeter();
  const documents: ConfigNode[] = [];
  let problem: ConfigDocuments['problem'];
  for (const document of list.slice(0, MAX_DOCUMENTS)) {
    const error = document.errors[0];
    if (error && !templated) {
      problem ??= { reason: 'syntax-error', detail: error.code, line: lines.linePos(error.pos[0]).line };
    }
    if (document.contents) documents.push(new YamlTree(source, lines, meter).convert(document.contents, 0));
  }
  if (meter.exceeded) problem = { reason: 'limit', detail: 'too many or too deeply nested values' };
  return { documents, ...(problem && { problem }) };
}

class YamlTree {
  private readonly source: string;
  private readonly lines: LineCounter;
  private readonly meter: Meter;
  /** Anchors on the way down, so that an alias to an ancestor ends. */
  private readonly open = new Set<unknown>();
  /** Anchors so far; the library would search the whole document for each alias. */
  private readonly anchors = new Map<string, Node>();

  constructor(source: string, lines: LineCounter, meter: Meter) {
    this.source = source;
    this.lines = lines;
    this.meter = meter;
  }

  private lineOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): number {
    return node.range ? this.lines.linePos(node.range[0]).line || 1 : 1;
  }

  convert(node: Node | null | undefined, depth: number): ConfigNode {
    const called = node && !isAlias(node) && node.tag !== undefined ? INTRINSICS.get(node.tag) : undefined;
    const value = this.untagged(node, depth);
    return called === undefined ? value : { kind: 'map', line: value.line, entries: [{ key: called, line: value.line, value }] };
  }

  private untagged(node: Node | null | undefined, depth: number): ConfigNode {
    if (!node || !spend(this.meter, depth)) return scalar('', node ? this.lineOf(node) : 1, 'null');
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (!target || this.open.has(target)) return scalar('', this.lineOf(node), 'null');
      this.open.add(target);
      const copy = this.convert(target, depth + 1);
      this.open.delete(target);
      return copy;
    }
    const line = this.lineOf(node);
    if ('anchor' in node && node.anchor !== undefined && node.anchor !== '') this.anchors.set(node.anchor, node);
    if (isMap(node)) {
      const entries: MapEntry[] = [];
      for (const pair of node.items) {
        if (!isPair(pair)) continue;
        const key = isScalar(pair.key) ? String(pair.key.value ?? '') : '';
        const keyLine = this.lineOf(pair.key as Node);
        const value = this.convert(pair.value as Node | null, depth + 1);
        if (key === '<<') {
          for (const merged of value.kind === 'list' ? value.items : [value]) if (merged.kind === 'map') entries.push(...merged.entries);
        } else entries.push({ key, line: keyLine, value });
      }
      return { kind: 'map', line, entries };
    }
    if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => this.convert(item as Node | null, depth + 1)) };
    if (isScalar(node)) {
      const { value } = node;
      if (value === null || value === undefined) return scalar('', line, 'null');
      if (typeof value === 'boolean') return scalar(node.source ?? String(value), line, 'boolean');
      if (typeof value === 'number' || typeof value === 'bigint') return scalar(node.source ?? String(value), line, 'number');
      const rows = node.type === 'BLOCK_LITERAL' ? undefined : this.rowsOf(node, line);
      return rows ? { ...scalar(String(value), line), rows } : scalar(String(value), line);
    }
    return scalar('', line, 'null');
  }

  /** The rows of a folded block, or of a plain or quoted text that goes on below. */
  private rowsOf({ range, type }: Scalar, line: number): ScalarNode['rows'] {
    const written = range ? this.source.slice(range[0], range[1]) : '';
    if (!written.includes('\n')) return undefined;
    const all = written.split('\n');
    const folded = type === 'BLOCK_FOLDED';
    const rows = folded ? all.slice(1) : all.map((row) => row.trim());
    const quote = folded || !/^["']/.test(written) ? 0 : 1;
    const text = rows.map((row, index) => (row.trim() !== '' && (rows[index + 1] ?? '').trim() !== '' ? `${row} \\` : row)).join('\n');
    return { text: text.slice(quote, text.length - quote), line: folded ? line + 1 : line };
  }
}
