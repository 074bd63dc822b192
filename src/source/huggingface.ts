import { SMALL_FILE } from '../formats/limits.ts';
import { httpReader, type HttpReader } from '../registries/http-reader.ts';
import type { Hub, HubName } from '../registries/huggingface.ts';
import type { HubFile } from '../registries/huggingface-facts.ts';
import type { Net } from '../registries/net.ts';
import { capped } from './capped.ts';
import type { Source } from './source.ts';

export interface HubSource extends Source {
  open(path: string): Promise<HttpReader>;
  /** Digest that the hub states, by path. */
  readonly digests: ReadonlyMap<string, string>;
}

export interface HubSourceOptions {
  readonly hub: Hub;
  readonly net: Net;
  readonly repo: HubName;
  readonly commit: string;
  /** The revision that was asked for, where it was none but a commit. */
  readonly revision?: string;
  readonly files: readonly HubFile[];
}

/** Files up to this size are read once for all stages; with `MAX_READERS` that bounds the memory to 64 MiB. */
const MAX_SHARED = 256 * 1024;
const MAX_READERS = 256;

/** A repository of the hub at one commit; files are read by ranges. */
export function huggingFaceSource({ hub, net, repo, commit, revision, files }: HubSourceOptions): HubSource {
  const byPath = new Map(files.map((file) => [file.path, file]));
  // Cards, configurations and indexes are read by several stages: one reader, which keeps what it read, serves all.
  const shared = new Map<string, HttpReader>();
  return {
    target: {
      name: repo.name,
      type: 'huggingface',
      commit,
      remote: `${hub.url}/${repo.type === 'model' ? '' : `${repo.type}s/`}${repo.name}`,
      ...(revision === undefined ? {} : { branch: revision }),
    },
    digests: new Map(files.flatMap((file) => (file.sha256 === undefined ? [] : [[file.path, file.sha256]]))),
    list: () => Promise.resolve({ entries: files.map(({ path, size }) => ({ path, size })), skipped: [] }),
    open(path) {
      const known = shared.get(path);
      if (known) return Promise.resolve(known);
      const file = byPath.get(path);
      if (!file) return Promise.reject(new Error(`no such file: ${path}`));
      const reader = httpReader(
        {
          ...hub.file(repo, commit, path),
          size: file.size,
          html: /\.html?$/i.test(path),
          ...(file.sha256 === undefined ? {} : { sha256: file.sha256 }),
        },
        net,
      );
      if (file.size <= MAX_SHARED && shared.size < MAX_READERS) shared.set(path, reader);
      return Promise.resolve(file.size > SMALL_FILE ? capped(reader, path) : reader);
    },
  };
}
