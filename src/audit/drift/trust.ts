import type { Detector } from './change.ts';

/** Worst last. A word that we do not know is worth a look, not an alarm. */
const SCANS = ['safe', 'unscanned', 'queued', 'caution', 'suspicious', 'unsafe'];
const VERDICTS = ['clean', 'incomplete', 'suspicious', 'malicious'];

export const scanStatus: Detector = ({ before, after }) => {
  const old = new Map(before.files.map((file) => [file.path, file.scan]));
  return after.files.flatMap((file) => {
    const was = old.get(file.path);
    return was !== undefined && file.scan !== undefined && SCANS.indexOf(file.scan) > Math.max(SCANS.indexOf(was), SCANS.indexOf('queued'))
      ? [{ rule: 'drift-scan-status', path: file.path, before: was, after: file.scan }]
      : [];
  });
};

export const verdict: Detector = ({ before, after }) => {
  const old = new Map(before.files.map((file) => [file.path, file.verdict]));
  return after.files.flatMap((file) => {
    const was = old.get(file.path);
    return was !== undefined &&
      file.verdict !== undefined &&
      VERDICTS.indexOf(file.verdict) > Math.max(VERDICTS.indexOf(was), VERDICTS.indexOf('incomplete'))
      ? [{ rule: 'drift-verdict-worse', path: file.path, before: was, after: file.verdict }]
      : [];
  });
};

export const signer: Detector = ({ before, after }) => {
  if (before.signer === undefined || after.files.length === 0) return [];
  if (after.signer === undefined) return [{ rule: 'drift-signature-removed', before: before.signer.identity, after: 'not signed' }];
  if (after.signer.identity !== before.signer.identity)
    return [{ rule: 'drift-signer-changed', before: before.signer.identity, after: after.signer.identity }];
  return before.signer.status !== 'failed' && after.signer.status === 'failed'
    ? [{ rule: 'drift-signature-broken', before: before.signer.status, after: after.signer.status }]
    : [];
};
