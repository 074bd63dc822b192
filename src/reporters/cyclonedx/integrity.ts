import type { IntegrityResult, Report } from '../../core/report.ts';

/** What was verified about one file. */
export interface Verified {
  /** Property name → values. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
  /** Paths of the signatures that hold over it. */
  readonly signatures: readonly string[];
}

const NOTHING: Verified = { properties: {}, signatures: [] };

interface Draft {
  readonly properties: Record<string, string[]>;
  readonly signatures: Set<string>;
}

/** Names that a problem has in the target: a signature of a model names files relative to the model. */
const problemPath = ({ source, subject }: IntegrityResult, path: string): string =>
  source === 'oms' && subject !== '.' ? `${subject}/${path}` : path;

/** Results by the files that they are about: those that are as claimed, those that differ, else the subject itself. */
export function verifiedOf(report: Report): (path: string) => Verified {
  const drafts = new Map<string, Draft>();
  const draftOf = (path: string): Draft => {
    const draft = drafts.get(path) ?? { properties: {}, signatures: new Set<string>() };
    drafts.set(path, draft);
    return draft;
  };
  const add = (path: string, name: string, value: string): void => {
    const values = (draftOf(path).properties[`integrity:${name}`] ??= []);
    if (!values.includes(value)) values.push(value);
  };
  for (const result of report.integrity) {
    const { source, subject, status, trust, signer, problems, location } = result;
    const covered = new Set(result.covered);
    const differing = new Set(problems.flatMap(({ path }) => (path === undefined ? [] : [problemPath(result, path)])));
    for (const path of new Set([subject, ...covered, ...differing])) {
      add(path, 'status', `${source}: ${status}${trust === undefined ? '' : ` (${trust})`}`);
      if (!covered.has(path) && path !== subject) continue;
      for (const [key, value] of Object.entries(signer ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) add(path, 'signer', `${key}=${value}`);
      if (signer !== undefined && status === 'verified' && location !== undefined) draftOf(path).signatures.add(location.path);
    }
    for (const { code, path, detail } of problems) {
      const text = [code, path, detail].filter((part) => part !== undefined).join(' ');
      for (const at of path === undefined ? [subject, ...covered] : [problemPath(result, path)]) add(at, 'problem', text);
    }
  }
  return (path) => {
    const draft = drafts.get(path);
    return draft === undefined ? NOTHING : { properties: draft.properties, signatures: [...draft.signatures] };
  };
}
