import { ascii, startsWith } from './archive/bytes.ts';
import type { Format } from './format.ts';

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: at most 1,024 bytes, `version` first. */
const MAGIC = ascii('version https://git-lfs.github.com/spec/');
const OLD_MAGIC = ascii('version https://hawser.github.com/spec/');
const MAX_POINTER = 1024;

/** What Git stores instead of a large file: its hash is known, its content is not. */
export const lfsPointerFormat: Format = {
  id: 'git-lfs-pointer',
  extensions: [],
  matches: ({ head, size }) => (size <= MAX_POINTER && (startsWith(head, MAGIC) || startsWith(head, OLD_MAGIC)) ? 'yes' : 'no'),
  async inspect({ reader }) {
    const text = new TextDecoder('latin1').decode(await reader.read(0, MAX_POINTER));
    const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
    const size = /^size (\d{1,15})$/m.exec(text)?.[1];
    return {
      format: 'git-lfs-pointer',
      findings: [
        {
          ruleId: 'lfs-pointer-not-materialised',
          severity: 'low',
          confidence: 'high',
          verdict: 'incomplete',
          args: { ...(oid === undefined ? {} : { sha256: oid }), ...(size === undefined ? {} : { size: Number(size) }) },
        },
      ],
      facts: { ...(oid === undefined ? {} : { lfsSha256: oid }), ...(size === undefined ? {} : { lfsSize: Number(size) }) },
    };
  },
};
