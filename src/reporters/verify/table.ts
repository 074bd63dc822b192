import picocolors from 'picocolors';
import type { IntegrityResult, Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { visible } from '../text/visible.ts';
import { wrap } from '../text/width.ts';
import { count } from '../text/words.ts';

/** Lines per list on a terminal; the JSON has all. */
const MAX_LIST = 20;

type Item = IntegrityResult['problems'][number];

/** What differs between the model and its signature, in the order in which people look for it. */
const LISTS: readonly (readonly [codes: readonly string[], title: string])[] = [
  [['mismatch', 'shard-gap', 'root-digest'], 'CHANGED'],
  [['missing'], 'MISSING'],
  [['unsigned'], 'ADDED, NOT SIGNED'],
  [['symlink', 'special'], 'NOT A PLAIN FILE'],
  [['ignored-present'], 'LEFT OUT BY THE SIGNATURE'],
];

const TRUST: Readonly<Record<string, string>> = {
  'signed-pinned': 'signed by whom you expect',
  'signed-unpinned': 'signed, by somebody whom nobody named',
};

const METHODS: Readonly<Record<string, string>> = { key: 'key', certificate: 'certificate', keyless: 'keyless (Sigstore)' };

function signerLines({ signer = {}, trust }: IntegrityResult): [string, string][] {
  const row = (label: string, value: string | undefined): [string, string][] =>
    value === undefined || value === '' ? [] : [[label, value]];
  return [
    ...row('method', METHODS[signer['method'] ?? ''] ?? signer['method']),
    ...row('signer', signer['identity'] ?? signer['subject']),
    ...row('issuer', signer['issuer']),
    ...row('key', signer['fingerprint'] === undefined ? undefined : `sha256:${signer['fingerprint']}`),
    ...row('signed at', signer['time']),
    ...row('log index', signer['logIndex']),
    ...row('valid until', signer['notAfter']),
    ...row('attests', signer['predicateType']),
    ...row('trust', TRUST[trust ?? '']),
  ];
}

function listLines(title: string, items: readonly Item[]): string[] {
  if (items.length === 0) return [];
  const shown = items
    .slice(0, MAX_LIST)
    .map(
      ({ path, detail }) =>
        `    ${visible(path ?? '')}${detail === undefined ? '' : `${path === undefined ? '' : '  '}${visible(detail)}`}`,
    );
  return [`  ${title} (${items.length})`, ...shown, ...(items.length > MAX_LIST ? [`    and ${items.length - MAX_LIST} more`] : [])];
}

/** One verification for people: does it hold, who signed, what differs. */
export function renderVerification(report: Report, { color = false, width = 80 }: RenderOptions): string {
  const colors = picocolors.createColors(color);
  const [result] = report.integrity;
  if (!result) return '';
  const holds = result.status === 'verified';
  const listed = LISTS.map(([codes, title]) => [title, result.problems.filter((problem) => codes.includes(problem.code))] as const);
  const known = new Set(LISTS.flatMap(([codes]) => codes));
  const reasons = result.problems.filter((problem) => !known.has(problem.code));
  const room = Math.max(width, 60);
  const lines = [
    `${holds ? colors.green(colors.bold('VERIFIED')) : colors.red(colors.bold('NOT VERIFIED'))}  ${colors.bold(visible(result.subject))}`,
    ...signerLines(result).map(([label, value]) => `  ${colors.dim(label.padEnd(12))}${visible(value)}`),
    ...((result.files ?? 0) === 0 ? [] : [`  ${colors.dim('files'.padEnd(12))}${count(result.files ?? 0, 'file')} as signed`]),
    ...(result.location === undefined ? [] : [`  ${colors.dim('signature'.padEnd(12))}${visible(result.location.path)}`]),
    ...reasons.flatMap(({ code, detail }) =>
      wrap(`${code}: ${visible(detail ?? '')}`, room - 4, 6).map(
        (line, i) => `  ${i === 0 ? (holds ? colors.yellow(line) : colors.red(line)) : `  ${line}`}`,
      ),
    ),
    ...listed.flatMap(([title, items]) => listLines(title, items)),
  ];
  return `${lines.join('\n')}\n`;
}
