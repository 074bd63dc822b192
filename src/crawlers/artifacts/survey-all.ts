import { mapLimit } from '../../core/async.ts';
import type { Discovery } from '../../core/inventory.ts';
import type { CrawlerCoverage, SkippedFile } from '../../core/report.ts';
import type { Entry, Source } from '../../source/source.ts';
import { artifactRole, SNIFF_SIZE } from '../../formats/extensions.ts';
import { SUSPECT_SIZE, suspectRole, suspicionOf } from '../../formats/suspects.ts';
import { folderOf } from '../manifests/paths.ts';
import { artifactComponent, failedSurvey, type Surveyed } from './survey.ts';

export interface SurveyResult {
  readonly surveyed: readonly Surveyed[];
  readonly discovery: Discovery;
  readonly coverage: CrawlerCoverage;
  readonly skipped: readonly SkippedFile[];
}

/** Inspects files by their paths, some of them at once. */
interface Surveyor {
  readonly concurrency: number;
  survey(path: string): Promise<Surveyed>;
}

export interface SurveyAllOptions {
  readonly source: Source;
  readonly entries: readonly Entry[];
  readonly engine: Surveyor;
  readonly onFile?: (done: number, total: number) => void;
}

/** `suspect`: nothing about the name says model; it is worth a line only if it does harm. */
type Role = 'weights' | 'companion' | 'suspect';

/** Folders below that of a model whose files are loaded with it. */
const PARTS = /\/(?:code|additional_chat_templates|chat_templates)$/;

/** Inspects every file that is, or may be, a model artifact or a companion that can carry code. */
export async function surveyAll({ source, entries, engine, onFile }: SurveyAllOptions): Promise<SurveyResult> {
  const skipped: SkippedFile[] = [];
  const limit = Math.max(engine.concurrency, 4);
  const named = await mapLimit(entries, limit, (entry) => roleOf(source, entry, skipped));
  const folders = new Set(entries.flatMap(({ path }, i) => (named[i] === undefined ? [] : [folderOf(path)])));
  const beside = (path: string): boolean => folders.has(folderOf(path)) || folders.has(folderOf(path).replace(PARTS, ''));
  const roles = await mapLimit(entries, limit, async (entry, i) => named[i] ?? (await suspected(source, entry, beside(entry.path))));
  const wanted = entries.flatMap((entry, i) => (roles[i] === undefined ? [] : [{ entry, role: roles[i] }]));
  let done = 0;
  const inspected = await mapLimit(wanted, engine.concurrency, async ({ entry, role }) => {
    try {
      return { role, surveyed: await engine.survey(entry.path) };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      skipped.push({ path: entry.path, reason: 'crash', detail });
      return { role, surveyed: failedSurvey(entry, detail) };
    } finally {
      onFile?.(++done, wanted.length);
    }
  });
  const results = inspected.filter(({ role, surveyed }) => role !== 'suspect' || surveyed.report.verdict === 'malicious');
  const failed = skipped.filter((item) => item.reason === 'crash').length;
  return {
    surveyed: results.map((item) => item.surveyed),
    discovery: {
      components: results
        .filter((item) => item.role === 'weights' && !isProse(item.surveyed))
        .map((item) => artifactComponent(item.surveyed)),
    },
    coverage: {
      id: 'artifacts',
      status: failed === 0 ? 'ok' : 'partial',
      files: results.length,
      ...(failed === 0 ? {} : { reason: `${failed} files could not be inspected` }),
    },
    skipped,
  };
}

/** A list of names may begin like a pickle of protocol 0 (`compiled.php` is an import); read to its end it is text. */
const isProse = ({ report }: Surveyed): boolean => report.format === 'text' && artifactRole(report.path) === 'sniff';

/** The first bytes of a file, at most `length`, and how many it has. */
async function beginning(source: Source, { path }: Entry, length: number): Promise<{ readonly head: Uint8Array; readonly size: number }> {
  const reader = await source.open(path);
  try {
    return { head: await reader.read(0, Math.min(length, reader.size)), size: reader.size };
  } finally {
    await reader.close?.();
  }
}

async function roleOf(source: Source, entry: Entry, skipped: SkippedFile[]): Promise<Role | undefined> {
  if (entry.artifact === true) return 'weights';
  const role = artifactRole(entry.path);
  if (role !== 'sniff') return role;
  try {
    const { head } = await beginning(source, entry, SNIFF_SIZE);
    const sniffed = artifactRole(entry.path, head);
    return sniffed === 'sniff' ? undefined : sniffed;
  } catch (error) {
    skipped.push({ path: entry.path, reason: 'unreadable', detail: (error as NodeJS.ErrnoException).code ?? String(error) });
    return undefined;
  }
}

/** A file that could not be read as a suspect is said to be so by whoever reads it for its name. */
async function suspected(source: Source, entry: Entry, besideModel: boolean): Promise<Role | undefined> {
  const suspicion = entry.size === 0 ? undefined : suspicionOf(entry.path, besideModel);
  if (suspicion !== 'sniff') return suspicion === undefined ? undefined : 'suspect';
  try {
    const { head, size } = await beginning(source, entry, SUSPECT_SIZE);
    return suspectRole(entry.path, head, size, besideModel);
  } catch {
    return undefined;
  }
}
