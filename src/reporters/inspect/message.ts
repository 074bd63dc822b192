import type { ArtifactFinding } from '../../formats/format.ts';
import { plainMessage } from '../text/message.ts';
import type { RuleTexts } from '../text/rule-text.ts';

/** The sentence of a finding that is not yet bound to a report. */
export const artifactMessage = (finding: ArtifactFinding, texts: RuleTexts): string =>
  plainMessage({ ...finding, status: 'open', fingerprint: '', related: [], location: { path: finding.path ?? '' } }, texts);
