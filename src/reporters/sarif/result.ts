import type { Location } from '../../core/evidence.ts';
import type { Finding } from '../../core/finding.ts';
import { plainMessage } from '../text/message.ts';
import type { RuleTexts } from '../text/rule-text.ts';
import { visible } from '../text/visible.ts';
import { pathUri } from '../uri.ts';
import { LEVELS } from './rules.ts';

/** GitHub refuses more than 1,000 locations of a result and shows 100. */
const MAX_RELATED = 100;

type FileOf = (location: Location) => { readonly file: string; readonly member?: string };

/** GitHub refuses an upload with one result that has no physical location: of a binary file it is line 1. */
function physicalLocation(location: Location, file: string): object {
  const { line = 1, column, endLine, offset } = location;
  return {
    artifactLocation: { uri: pathUri(file), uriBaseId: '%SRCROOT%' },
    region: {
      startLine: line,
      ...(column === undefined ? {} : { startColumn: column }),
      ...(endLine === undefined || endLine < line ? {} : { endLine }),
      ...(offset === undefined ? {} : { properties: { byteOffset: offset } }),
    },
  };
}

function locationOf(location: Location, fileOf: FileOf, component?: string): object {
  const { file, member } = fileOf(location);
  const logical = [
    ...(member === undefined ? [] : [{ fullyQualifiedName: visible(member), kind: 'member' }]),
    ...(component === undefined ? [] : [{ fullyQualifiedName: visible(component), kind: 'component' }]),
  ];
  return { physicalLocation: physicalLocation(location, file), ...(logical.length > 0 ? { logicalLocations: logical } : {}) };
}

function suppressionsOf({ status, suppression }: Finding): object[] {
  if (status === 'open') return [];
  const kind = suppression?.kind === 'inline' ? 'inSource' : 'external';
  const justification = suppression === undefined ? status : `${status}: ${visible(suppression.reason)} (${visible(suppression.source)})`;
  return [{ kind, status: status === 'under-investigation' ? 'underReview' : 'accepted', justification }];
}

export interface ResultContext {
  readonly texts: RuleTexts;
  readonly fileOf: FileOf;
  readonly ruleIndex: ReadonlyMap<string, number>;
  /** Whether the report was compared with a baseline: then SARIF wants the state of every result. */
  readonly compared: boolean;
}

export function resultOf(finding: Finding, { texts, fileOf, ruleIndex, compared }: ResultContext): object {
  const related = finding.related.slice(0, MAX_RELATED);
  const suppressions = suppressionsOf(finding);
  return {
    ruleId: finding.ruleId,
    ruleIndex: ruleIndex.get(finding.ruleId) ?? -1,
    level: LEVELS[finding.severity],
    message: { text: plainMessage(finding, texts) },
    locations: [locationOf(finding.location, fileOf, finding.component)],
    ...(related.length > 0
      ? { relatedLocations: related.map((location, index) => ({ id: index + 1, ...locationOf(location, fileOf) })) }
      : {}),
    partialFingerprints: {
      // GitHub follows an alert by this one; ours holds no line number, so alerts survive moved code.
      primaryLocationLineHash: `${finding.fingerprint.slice(0, 16)}:1`,
      'assayFingerprint/v1': finding.fingerprint,
    },
    ...(compared ? { baselineState: finding.status === 'baselined' ? 'unchanged' : 'new' } : {}),
    ...(suppressions.length > 0 ? { suppressions } : {}),
    properties: { severity: finding.severity, confidence: finding.confidence, status: finding.status },
  };
}
