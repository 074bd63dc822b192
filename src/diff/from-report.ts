import { refOf, type Component } from '../core/component.ts';
import { purlOf } from '../core/purl.ts';
import type { Report } from '../core/report.ts';
import { plainMessage } from '../reporters/text/message.ts';
import type { RuleTexts } from '../reporters/text/rule-text.ts';
import { iri } from '../reporters/text/uri.ts';
import { place } from '../reporters/text/words.ts';
import { joined, type Item, type Snapshot } from './snapshot.ts';

/** What names a component or says where it was seen is not what it is. */
const NOT_FACTS = new Set([
  'kind',
  'name',
  'occurrences',
  'aliases',
  'version',
  'revision',
  'card',
  'facts',
  'licence',
  'title',
  'declared',
  'locked',
  'unresolved',
]);

/** CycloneDX limits `version` to 1,024 characters. */
const MAX_VERSION = 1024;

/** Any value as one text. */
function text(value: unknown): string {
  if (Array.isArray(value)) return joined(value.map(text));
  if (typeof value !== 'object' || value === null) return String(value);
  return joined(Object.entries(value).map(([key, item]) => `${key}=${text(item)}`));
}

function itemOf(component: Component): Item {
  const purl = purlOf(component);
  const { version, revision, digest } = component as { readonly version?: string; readonly revision?: string; readonly digest?: string };
  const packaged = component.kind === 'mcp-server' ? component.package?.version : undefined;
  const facts = Object.entries(component)
    .filter(([key, value]) => !NOT_FACTS.has(key) && value !== undefined)
    .map(([key, value]) => [key, key === 'endpoints' ? joined((value as readonly string[]).map(iri)) : text(value)] as const);
  const licence = 'licence' in component ? component.licence?.id : undefined;
  // As the BOM writes them: see `cyclonedx/component.ts`.
  const shown = (version ?? revision ?? digest ?? packaged)?.slice(0, MAX_VERSION);
  return {
    key: refOf(component),
    kind: component.kind,
    name: component.name,
    ...(purl === undefined ? {} : { purl: purl.replace(/@[^/@?]*(?=\?|$)/, '') }),
    ...(shown === undefined ? {} : { version: shown }),
    facts: Object.fromEntries(licence === undefined ? facts : [...facts, ['licence', licence] as const]),
  };
}

export const fromReport = (report: Report, texts: RuleTexts): Snapshot => ({
  label: report.target.name,
  source: 'report',
  items: report.components.map(itemOf),
  findings: report.findings.map((finding) => ({
    key: finding.fingerprint,
    ruleId: finding.ruleId,
    severity: finding.severity,
    open: finding.status === 'open',
    message: plainMessage(finding, texts),
    place: place(finding.location),
  })),
});
