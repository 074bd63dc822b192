import { COMPONENT_KINDS, normalizePypiName } from '../core/component.ts';
import { UserError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { SEVERITIES, severityRank, type Severity } from '../core/severity.ts';
import { clip } from '../reporters/text/visible.ts';
import { joined, type FindingItem, type Item, type Snapshot } from './snapshot.ts';

/** Components may hold components. Deeper than this is no inventory. */
const MAX_DEPTH = 64;
/** Items of one BOM; an image of a whole distribution has some ten thousand. */
const MAX_ITEMS = 500_000;

const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.map(object) : []);
const string = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** Properties by name; of one name all values. */
function propertiesOf(node: JsonObject): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const property of list(node['properties'])) {
    const [name, value] = [string(property['name']), string(property['value'])];
    if (name !== undefined && value !== undefined) all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}

const KINDS: Readonly<Record<string, string>> = {
  'machine-learning-model': 'model',
  data: 'dataset',
  library: 'library',
  framework: 'library',
  container: 'infra',
  platform: 'infra',
  application: 'application',
};

function kindOf(node: JsonObject, service: boolean, stated: string | undefined): string {
  if (stated !== undefined && (COMPONENT_KINDS as readonly string[]).includes(stated)) return stated;
  if (stated === 'agent-file') return 'prompt';
  // Our BOM marks libraries that are not AI.
  if (service) return 'service';
  const type = string(node['type']) ?? 'library';
  return Object.hasOwn(KINDS, type) ? (KINDS[type] ?? type) : type;
}

/** `pkg:pypi/torch@2.0?x#y` → `pkg:pypi/torch` and `2.0`. A `@scope` that is not encoded is no version. */
function splitPurl(purl: string): { readonly base: string; readonly version?: string } {
  const [path = ''] = purl.split(/[?#]/, 1);
  const repository = /[?&]repository_url=[^&#]+/.exec(purl)?.[0].slice(1);
  const at = path.lastIndexOf('@');
  const cut = at > 0 && path[at - 1] !== '/' ? at : path.length;
  const base = path.slice(0, cut) + (repository === undefined ? '' : `?${repository}`);
  const version = decoded(path.slice(cut + 1));
  return version === '' ? { base } : { base, version };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A purl of another tool that is not encoded as it should be still names its package.
    return text;
  }
}

/** `pkg:npm/%40langchain/core` → `library:npm/@langchain/core`: the key of `refOf`. */
function libraryKey(purl: string): string | undefined {
  const match = /^pkg:([a-z0-9.+-]+)\/([^?#]+)/i.exec(purl);
  if (match === null) return undefined;
  const [, type = '', path = ''] = match;
  const name = decoded(path);
  return `library:${type.toLowerCase()}/${type.toLowerCase() === 'pypi' ? normalizePypiName(name) : name}`;
}

function licenceOf(node: JsonObject): string {
  return joined(
    list(node['licenses']).flatMap((choice) => {
      const licence = object(choice['license']);
      return string(choice['expression']) ?? string(licence['id']) ?? string(licence['name']) ?? [];
    }),
  );
}

/** Properties of ours that describe the scan and not the component. */
const NOT_FACTS = /^assay:(?:kind|id|alias|occurrences?|declared|locked|unresolved|relation:.*|integrity:.*)$/;

function itemOf(node: JsonObject, service: boolean, ours: boolean): Item {
  const properties = propertiesOf(node);
  const kind = kindOf(node, service, properties.get('assay:kind')?.[0]);
  const group = string(node['group']);
  const bare = string(node['name']) ?? '';
  const name = group === undefined ? bare : `${group}/${bare}`;
  const purl = string(node['purl']);
  const split = purl === undefined ? undefined : splitPurl(purl);
  const base = split?.base;
  const ref = ours ? string(node['bom-ref']) : undefined;
  const version = string(node['version']) ?? split?.version;
  const sha256 = list(node['hashes']).find((hash) => hash['alg'] === 'SHA-256')?.['content'];
  const facts: [string, string][] = [];
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') facts.push([key, value]);
  };
  add('licence', licenceOf(node));
  add('sha256', string(sha256));
  add('endpoints', joined(strings(node['endpoints'])));
  if (ours)
    for (const [key, values] of properties)
      if (key.startsWith('assay:') && !NOT_FACTS.test(key)) add(key.slice('assay:'.length), joined(values));
  return {
    key: ref ?? (kind === 'library' && base !== undefined ? libraryKey(base) : undefined) ?? `${kind}:${name.toLowerCase()}`,
    kind,
    name,
    ...(base === undefined ? {} : { purl: base }),
    ...(version === undefined ? {} : { version }),
    facts: Object.fromEntries(facts),
  };
}

function itemsOf(bom: JsonObject, ours: boolean, name: string): Item[] {
  const items: Item[] = [];
  const visit = (nodes: readonly JsonObject[], service: boolean, depth: number): void => {
    if (depth > MAX_DEPTH) throw new UserError(`${name}: components nested deeper than ${MAX_DEPTH}`);
    for (const node of nodes) {
      if (items.length >= MAX_ITEMS) throw new UserError(`${name}: more than ${MAX_ITEMS} components`);
      // A credential is a finding too, and told as such.
      const told = ours && propertiesOf(node).get('assay:kind')?.[0] === 'secret';
      if (string(node['name']) !== undefined && !told) items.push(itemOf(node, service, ours));
      visit(list(node[service ? 'services' : 'components']), service, depth + 1);
    }
  };
  visit(list(bom['components']), false, 0);
  visit(list(bom['services']), true, 0);
  return items;
}

const isSeverity = (value: unknown): value is Severity => (SEVERITIES as readonly unknown[]).includes(value);

/** Analysis states that take a vulnerability off the table. */
const CLOSED = new Set<unknown>(['resolved', 'resolved_with_pedigree', 'not_affected', 'false_positive']);

function findingOf(node: JsonObject): FindingItem {
  const properties = propertiesOf(node);
  const severities = list(node['ratings'])
    .map((rating) => rating['severity'])
    .filter(isSeverity);
  const [worst = 'medium'] = severities.sort((a, b) => severityRank(b) - severityRank(a));
  const id = string(node['id']) ?? 'unknown';
  const refs = joined(list(node['affects']).flatMap((affect) => string(affect['ref']) ?? []));
  const status = properties.get('assay:status')?.[0];
  return {
    key: properties.get('assay:fingerprint')?.[0] ?? `${id}\0${refs}`,
    ruleId: properties.get('assay:rule')?.[0] ?? id,
    severity: worst,
    open: status === undefined ? !CLOSED.has(object(node['analysis'])['state']) : status === 'open',
    message: string(node['detail']) ?? string(node['description']) ?? id,
    place: properties.get('assay:location')?.[0] ?? refs,
  };
}

export const isBom = (value: unknown): boolean => object(value)['bomFormat'] === 'CycloneDX';

/** A CycloneDX document of any version and tool. Reads what it understands; wrong shapes are skipped, not guessed. */
export function fromBom(value: unknown, name: string): Snapshot {
  const bom = object(value);
  const metadata = object(bom['metadata']);
  const component = object(metadata['component']);
  const tools = [...list(metadata['tools']), ...list(object(metadata['tools'])['components'])];
  const ours = tools.some((tool) => tool['name'] === 'assay') && propertiesOf(metadata).has('assay:schema-version');
  return {
    label: clip(string(component['name']) ?? name, 200),
    source: ours ? 'assay-bom' : 'bom',
    items: itemsOf(bom, ours, name),
    ...(ours || Array.isArray(bom['vulnerabilities']) ? { findings: list(bom['vulnerabilities']).map(findingOf) } : {}),
  };
}
