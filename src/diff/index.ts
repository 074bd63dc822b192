import { UserError } from '../core/errors.ts';
import { isReport, parseJson, toReport } from '../reporters/json/read.ts';
import { noTexts, type RuleTexts } from '../reporters/text/rule-text.ts';
import { fromBom, isBom } from './from-bom.ts';
import { fromReport } from './from-report.ts';
import type { Snapshot } from './snapshot.ts';

export { compare, exitCodeOf, type Diff } from './compare.ts';
export { DIFF_FORMATS, renderDiff, type DiffFormat } from './render.ts';

/**
 * Our JSON report, or a CycloneDX BOM in JSON of ours or of another tool.
 * @throws UserError where the text is neither.
 */
export function readSnapshot(text: string, name: string, texts: RuleTexts = noTexts): Snapshot {
  const value = parseJson(text, name);
  if (isBom(value)) return fromBom(value, name);
  if (isReport(value)) return fromReport(toReport(value, name), texts);
  throw new UserError(`${name}: neither a report of Assay nor a CycloneDX BOM in JSON`);
}
