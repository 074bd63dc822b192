import type { ArtifactFinding } from '../../formats/format.ts';
import { plainMessage } from '../text/message.ts';
import type { RuleTexts } from '../text/rule-text.ts';

/** The sentence of a finding that is not yet bound to a report. `file` is the inspected file; a finding in a member names that. */
export function artifactMessage(finding: ArtifactFinding, texts: RuleTexts, file: string): string {
  const path = finding.path ?? file;
  return plainMessage(
    { ...finding, args: { path, ...finding.args }, status: 'open', fingerprint: '', related: [], location: { path } },
    texts,
  );
}
