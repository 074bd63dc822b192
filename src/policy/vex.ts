import { UserError } from '../core/errors.ts';
import type { FindingStatus } from '../core/finding.ts';
import { isObject, objects, type JsonObject } from '../core/json.ts';

/** What somebody states about a vulnerability in a product: one statement of OpenVEX or CycloneDX. */
export interface VexStatement {
  /** Ids of the vulnerability: its name and its aliases. Rule ids count too. */
  readonly vulnerabilities: readonly string[];
  /** Package URLs, references of a BOM, or both. */
  readonly products: readonly string[];
  readonly status: Extract<FindingStatus, 'not-affected' | 'fixed' | 'under-investigation'> | 'affected';
  readonly reason: string;
  readonly source: string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : []);

const OPENVEX: ReadonlyMap<string, VexStatement['status']> = new Map([
  ['not_affected', 'not-affected'],
  ['affected', 'affected'],
  ['fixed', 'fixed'],
  ['under_investigation', 'under-investigation'],
]);

/** https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis_state */
const CYCLONEDX: ReadonlyMap<string, VexStatement['status']> = new Map([
  ['not_affected', 'not-affected'],
  ['false_positive', 'not-affected'],
  ['resolved', 'fixed'],
  ['resolved_with_pedigree', 'fixed'],
  ['in_triage', 'under-investigation'],
  ['exploitable', 'affected'],
]);

/** A product or a part of it: its `@id` and what `identifiers` say (https://github.com/openvex/spec, 0.2.0). */
function identifiersOf(product: JsonObject): string[] {
  const identifiers = isObject(product['identifiers']) ? Object.values(product['identifiers']) : [];
  return [product['@id'], ...identifiers].flatMap((value) => text(value) ?? []);
}

/** A statement about a part is about that part, not about the whole product. Strings are products in version 0.0.1. */
function productsOf(statement: JsonObject): string[] {
  return objects(statement['products'])
    .flatMap((product) => {
      const parts = objects(product['subcomponents']);
      return parts.length > 0 ? parts.flatMap(identifiersOf) : identifiersOf(product);
    })
    .concat(texts(statement['products']));
}

function vulnerabilityNames(value: unknown): readonly string[] {
  if (!isObject(value)) return text(value) === undefined ? [] : [String(value)];
  return [...[value['name'], value['@id']].flatMap((item) => text(item) ?? []), ...texts(value['aliases'])];
}

const reasonOf = (...parts: readonly unknown[]): string => parts.flatMap((part) => text(part) ?? []).join(': ') || 'no reason given';

function fromOpenVex(document: JsonObject, source: string): VexStatement[] {
  // A later statement about the same thing replaces an earlier one; the last match wins.
  return objects(document['statements']).flatMap((statement): VexStatement[] => {
    const status = OPENVEX.get(text(statement['status']) ?? '');
    if (status === undefined) return [];
    return [
      {
        vulnerabilities: vulnerabilityNames(statement['vulnerability']),
        products: productsOf(statement),
        status,
        reason: reasonOf(statement['justification'], statement['impact_statement'] ?? statement['status_notes']),
        source,
      },
    ];
  });
}

function fromCycloneDx(document: JsonObject, source: string): VexStatement[] {
  const purls = new Map(
    objects(document['components']).flatMap((component) =>
      text(component['bom-ref']) && text(component['purl']) ? [[String(component['bom-ref']), String(component['purl'])] as const] : [],
    ),
  );
  return objects(document['vulnerabilities']).flatMap((vulnerability): VexStatement[] => {
    const analysis = isObject(vulnerability['analysis']) ? vulnerability['analysis'] : {};
    const status = CYCLONEDX.get(text(analysis['state']) ?? '');
    if (status === undefined) return [];
    const refs = objects(vulnerability['affects']).flatMap((affected) => text(affected['ref']) ?? []);
    return [
      {
        vulnerabilities: [
          ...(text(vulnerability['id']) === undefined ? [] : [String(vulnerability['id'])]),
          ...objects(vulnerability['references']).flatMap((reference) => text(reference['id']) ?? []),
        ],
        // A BOM-Link names the component after `#`.
        products: refs.flatMap((ref) => [ref, ref.slice(ref.lastIndexOf('#') + 1), ...(purls.has(ref) ? [purls.get(ref) ?? ''] : [])]),
        status,
        reason: reasonOf(analysis['justification'], analysis['detail']),
        source,
      },
    ];
  });
}

/** Reads OpenVEX or a CycloneDX document with analyses. */
export function parseVex(content: string, source: string): VexStatement[] {
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    throw new UserError(`${source} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(document)) throw new UserError(`${source} is no VEX document`);
  if (document['bomFormat'] === 'CycloneDX') return fromCycloneDx(document, source);
  if (Array.isArray(document['statements'])) return fromOpenVex(document, source);
  throw new UserError(`${source} is neither OpenVEX nor CycloneDX`);
}

/** `pkg:pypi/torch@2.1` names that version alone, `pkg:pypi/torch` all of them. Qualifiers are not compared. */
export function sameProduct(stated: string, candidate: string): boolean {
  if (stated === candidate) return true;
  if (!stated.startsWith('pkg:') || !candidate.startsWith('pkg:')) return false;
  const [name, version] = splitPurl(stated);
  const [otherName, otherVersion] = splitPurl(candidate);
  return name === otherName && (version === undefined || version === otherVersion);
}

function splitPurl(purl: string): readonly [string, string | undefined] {
  const plain = purl.split(/[?#]/)[0] ?? purl;
  const at = plain.lastIndexOf('@');
  // `pkg:npm/@scope/name`: the `@` of a scope opens a segment.
  return at > 0 && plain.charAt(at - 1) !== '/'
    ? [plain.slice(0, at).toLowerCase(), plain.slice(at + 1)]
    : [plain.toLowerCase(), undefined];
}
