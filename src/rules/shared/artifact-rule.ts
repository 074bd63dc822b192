import { defineRule, type Rule } from '../rule.ts';

/**
 * A rule whose finding is made where the bytes are read (`src/formats`): the format knows severity,
 * confidence and the values. `args.path` names the member, `location.offset` the byte.
 */
export const artifactRule = (id: string): Rule =>
  defineRule({
    id,
    check: (input) =>
      input.artifacts.flatMap((artifact) =>
        artifact.findings
          .filter((finding) => finding.ruleId === id)
          .map((finding) => ({
            location: { path: finding.path ?? artifact.path, ...(finding.offset === undefined ? {} : { offset: finding.offset }) },
            component: `artifact:${artifact.path}`,
            severity: finding.severity,
            confidence: finding.confidence,
            args: { path: finding.path ?? artifact.path, ...finding.args },
          })),
      ),
  });
