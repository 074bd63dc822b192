/** An element of the graph: property → value. `type` and `spdxId` lead, the rest follows in the order of writing. */
interface SpdxElement {
  readonly type: string;
  readonly spdxId: string;
  readonly creationInfo: '_:creationinfo';
  readonly [property: string]: unknown;
}

/** Collects elements under one namespace; makes relationships and remembers agents and licences by what they say. */
export interface Graph {
  readonly elements: readonly SpdxElement[];
  /** IRI of a name in this document. */
  iri(...path: readonly string[]): string;
  add(type: string, spdxId: string, properties: Readonly<Record<string, unknown>>): string;
  relate(from: string, relationshipType: string, to: readonly string[]): void;
}

const segment = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** What has no value is left out: SPDX has no null. */
const filled = (properties: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)),
  );

export function createGraph(namespace: string): Graph {
  const byId = new Map<string, SpdxElement>();
  const iri = (...path: readonly string[]): string => `${namespace}/${path.map(segment).join('/')}`;
  const add = (type: string, spdxId: string, properties: Readonly<Record<string, unknown>>): string => {
    if (!byId.has(spdxId)) byId.set(spdxId, { type, spdxId, creationInfo: '_:creationinfo', ...filled(properties) });
    return spdxId;
  };
  return {
    get elements() {
      return [...byId.values()];
    },
    iri,
    add,
    relate(from, relationshipType, to) {
      if (to.length > 0) add('Relationship', iri('relationship', String(byId.size)), { from, relationshipType, to });
    },
  };
}
