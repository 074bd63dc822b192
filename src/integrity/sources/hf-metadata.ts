import { isCommit } from '../../core/commit.ts';
import { checkClaims, type IntegritySource } from './source.ts';

const METADATA = /^(.*?)\.cache\/huggingface\/download\/(.+)\.metadata$/;

/**
 * What `huggingface_hub` notes beside a download into a local directory: commit, ETag (SHA-256 of an
 * LFS file, git's SHA-1 of another) and time, one per line. The hub said so over TLS at that time.
 */
export const hfMetadata: IntegritySource = {
  id: 'hf-metadata',
  wants: (entry) => METADATA.test(entry.path) && entry.size < 1024,
  async check({ path, bytes }, context) {
    const [, base = '', name = ''] = METADATA.exec(path) ?? [];
    const [commit = '', etag = ''] = bytes.toString('utf8').split('\n');
    const algorithm = /^[0-9a-f]{64}$/.test(etag) ? 'sha256' : /^[0-9a-f]{40}$/.test(etag) ? 'git-sha1' : undefined;
    if (algorithm === undefined || !isCommit(commit) || !context.has(base + name)) return [];
    return [
      await checkClaims(
        { id: 'hf-metadata', path, trust: 'digest-hub', mustExist: false },
        [{ path: base + name, algorithm, digest: etag }],
        context,
      ),
    ];
  },
};
