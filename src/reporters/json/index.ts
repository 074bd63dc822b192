import { refOf, type Component } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors } from '../select.ts';
import { sortKeys, toJson } from '../text/json.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { checkReport } from './check.ts';

const component = (each: Component): unknown => ({ ref: refOf(each), kind: each.kind, ...(sortKeys(each) as object) });

const finding = (
  { ruleId, severity, confidence, status, component: ref, location, related, args, fingerprint, suppression }: Finding,
  texts: RuleTexts,
): unknown => ({
  ruleId,
  severity,
  confidence,
  status,
  component: ref,
  title: titleOf(ruleId, texts),
  message: plainMessage({ ruleId, severity, confidence, status, location, related, args, fingerprint }, texts),
  location,
  related,
  args: sortKeys(args),
  fingerprint,
  suppression,
});

/** The report as it is, with each component's ref and each finding's sentence. Read back by `read.ts`. */
export function render(report: Report, options: RenderOptions): string {
  const { schemaVersion, tool, target, timestamp, components, relations, artifacts, findings, integrity, coverage } = aboveFloors(
    report,
    options,
  );
  const texts = options.texts ?? noTexts;
  const text = toJson({
    schemaVersion,
    tool,
    target,
    timestamp,
    components: components.map(component),
    relations,
    artifacts: artifacts.map(({ facts, ...artifact }) => ({ ...artifact, facts: sortKeys(facts) })),
    findings: findings.map((each) => finding(each, texts)),
    integrity,
    coverage,
    completeness: options.completeness,
  });
  if (options.validate === true) {
    const problem = checkReport(JSON.parse(text));
    if (problem !== undefined) throw new Error(`the report breaks its own schema: ${problem}`);
  }
  return `${text}\n`;
}
