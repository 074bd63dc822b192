import { UserError } from '../core/errors.ts';
import { shortHash } from '../core/fingerprint.ts';
import type { Report } from '../core/report.ts';
import { loadRenderer } from '../reporters/index.ts';
import type { RuleTexts } from '../reporters/text/rule-text.ts';

/** What an issue says. */
export interface IssueContent {
  readonly title: string;
  readonly body: string;
  /** Open findings; none closes the issue. */
  readonly open: number;
}

export interface IssueOptions {
  readonly apiUrl: string;
  readonly token: string | undefined;
  readonly fetch?: typeof globalThis.fetch;
}

/** GitHub takes 65,536 characters; the marker needs some. */
const MAX_BODY = 65_000;

/** First line of our issue: finds it again. One per set of targets. */
const markerOf = (specs: readonly string[]): string => `<!-- assay-audit ${shortHash([...specs].sort())} -->`;

export const issueTitle = (subject: string, open: number): string =>
  `Assay ${subject.slice(0, 150)}: ${open} open finding${open === 1 ? '' : 's'}`;

/** The issue of a report. */
export async function issueOf(subject: string, report: Report, texts: RuleTexts): Promise<IssueContent> {
  const open = report.findings.filter((finding) => finding.status === 'open').length;
  const body = await (await loadRenderer('markdown'))(report, { texts, maxLength: MAX_BODY });
  return { title: issueTitle(subject, open), body, open };
}

/**
 * Opens one issue with the result of an audit, or updates the one that is there; closes it when nothing is open.
 * Resolves to a line that says what was done.
 */
export async function fileIssue(
  repository: string,
  specs: readonly string[],
  { title, body: text, open }: IssueContent,
  { apiUrl, token, fetch }: IssueOptions,
): Promise<string> {
  const [owner, repo, ...more] = repository.split('/');
  if (!owner || !repo || more.length > 0) throw new UserError(`--issue ${repository}: write it as owner/name`);
  if (token === undefined) throw new UserError('--issue needs GITHUB_TOKEN with permission to write issues');
  const { Octokit } = await import('octokit');
  const quiet = (): void => undefined;
  const api = new Octokit({
    baseUrl: apiUrl,
    userAgent: 'assay',
    auth: token,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    ...(fetch ? { request: { fetch } } : {}),
  });
  const marker = markerOf(specs);
  const body = `${marker}\n${text.slice(0, MAX_BODY)}`;
  try {
    let found: number | undefined;
    const pages = api.paginate.iterator(api.rest.issues.listForRepo, { owner, repo, state: 'all', per_page: 100 });
    for await (const { data } of pages) {
      found = data.find((issue) => issue.pull_request === undefined && issue.body?.startsWith(marker))?.number;
      if (found !== undefined) break;
    }
    if (found === undefined) {
      if (open === 0) return 'no open findings, so no issue';
      const { data } = await api.rest.issues.create({ owner, repo, title, body });
      return `opened issue ${repository}#${data.number}`;
    }
    await api.rest.issues.update({ owner, repo, issue_number: found, title, body, state: open === 0 ? 'closed' : 'open' });
    return `${open === 0 ? 'closed' : 'updated'} issue ${repository}#${found}`;
  } catch (error) {
    throw new UserError(`--issue ${repository}: ${(error instanceof Error ? error.message : String(error)).replaceAll(token, '***')}`);
  }
}
