import type { Report, SkippedFile } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors, isOpen, worstFirst } from '../select.ts';
import { byRule } from '../summary.ts';
import { toJson } from '../text/json.ts';
import { noTexts } from '../text/rule-text.ts';
import { visible } from '../text/visible.ts';
import { fileOf, githubOf, pathUri } from '../uri.ts';
import { resultOf } from './result.ts';
import { ruleDescriptor } from './rules.ts';

/** GitHub refuses a run with more results. Open and worst ones come first. */
const MAX_RESULTS = 25_000;
/** Files that were not read, as notifications; the count says the rest. */
const MAX_NOTIFICATIONS = 1000;

function notification({ path, reason, detail }: SkippedFile): object {
  return {
    level: reason === 'excluded' ? 'note' : 'warning',
    descriptor: { id: `skipped/${reason}` },
    message: { text: `Not read (${reason}): ${visible(path)}${detail === undefined ? '' : `: ${visible(detail)}`}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: pathUri(path), uriBaseId: '%SRCROOT%' } } }],
  };
}

function invocation(report: Report, dropped: number): object {
  const { crawlers, skipped } = report.coverage;
  const failed = crawlers.filter((crawler) => crawler.status === 'failed' || crawler.status === 'partial');
  return {
    executionSuccessful: !crawlers.some((crawler) => crawler.status === 'failed'),
    toolExecutionNotifications: [
      ...failed.map(({ id, status, reason }) => ({
        level: status === 'failed' ? 'error' : 'warning',
        descriptor: { id: `crawler/${id}` },
        message: { text: `${id}: ${status}${reason === undefined ? '' : `: ${visible(reason)}`}` },
      })),
      ...skipped.slice(0, MAX_NOTIFICATIONS).map(notification),
      ...(skipped.length > MAX_NOTIFICATIONS
        ? [{ level: 'warning', message: { text: `${skipped.length - MAX_NOTIFICATIONS} more files were not read` } }]
        : []),
      ...(dropped > 0
        ? [{ level: 'error', message: { text: `${dropped} findings are over the limit of ${MAX_RESULTS} results and left out` } }]
        : []),
    ],
  };
}

function provenance({ target }: Report): object[] {
  const repository = githubOf(target);
  if (repository === undefined) return [];
  return [
    {
      repositoryUri: `https://github.com/${repository.owner}/${repository.name}`,
      ...(target.commit === undefined ? {} : { revisionId: visible(target.commit) }),
      ...(target.branch === undefined ? {} : { branch: visible(target.branch) }),
      mappedTo: { uriBaseId: '%SRCROOT%' },
    },
  ];
}

/** SARIF 2.1.0, within the limits of GitHub code scanning. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const texts = options.texts ?? noTexts;
  const sorted = worstFirst(report.findings);
  const results = [...sorted.filter(isOpen), ...sorted.filter((finding) => !isOpen(finding))];
  const kept = results.slice(0, MAX_RESULTS);
  const groups = byRule(kept).sort((a, b) => (a.ruleId < b.ruleId ? -1 : 1));
  const ruleIndex = new Map(groups.map((group, index) => [group.ruleId, index]));
  const context = { texts, fileOf: fileOf(report), ruleIndex, compared: results.some((finding) => finding.status === 'baselined') };
  const versionControlProvenance = provenance(report);
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Assay',
            version: report.tool.version,
            rules: groups.map((group) => ruleDescriptor(group, texts)),
          },
        },
        automationDetails: { id: 'assay/' },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'Root of the scanned target.' } } },
        ...(versionControlProvenance.length > 0 ? { versionControlProvenance } : {}),
        invocations: [invocation(report, results.length - kept.length)],
        results: kept.map((finding) => resultOf(finding, context)),
      },
    ],
  };
  return `${toJson(sarif)}\n`;
}
