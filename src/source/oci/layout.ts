import { posix } from 'node:path';
import { nameProblems } from '../../formats/archive/names.ts';
import type { Descriptor, OciManifest } from '../../registries/oci/manifest.ts';

/** A blob of an artifact and the file that a client makes of it. */
export interface Layer {
  readonly blob: Descriptor;
  /** Relative, inside the artifact, unique. Without extension where `weights` is set: the first bytes give it. */
  readonly path: string;
  /** Model weights by the media type, whose format no name tells. */
  readonly weights: boolean;
  /** A tar of files, perhaps compressed, as far as the media type tells. */
  readonly packed: boolean;
  /** The manifest names it; else a client would not write it at all. */
  readonly titled: boolean;
  /** It names a place outside: then its content is looked at whatever its name promises. */
  readonly hostile: boolean;
  /** A file system of a container, in which links lead anywhere. */
  readonly image: boolean;
}

/** A name that a client would write outside of its folder. */
export interface HostileTitle {
  /** Where the file stands in our report. */
  readonly path: string;
  readonly title: string;
  readonly problem: string;
}

export interface Layout {
  readonly layers: readonly Layer[];
  readonly hostile: readonly HostileTitle[];
}

/** Of ModelPack (https://github.com/modelpack/model-spec/blob/main/docs/annotations.md), and of OCI, which ORAS uses. */
const TITLES = ['org.cncf.model.filepath', 'org.opencontainers.image.title'];
/** ORAS packs folders: https://oras.land/docs/how_to_guides/pushing_and_pulling */
const UNPACK = 'io.deis.oras.content.unpack';
const PACKED = /(?:^|[.+/-])tar(?:[.+](?:gzip|zstd))?$/;
const IMAGE = /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\./;
/** ModelPack: https://github.com/modelpack/model-spec/blob/main/docs/spec.md; KitOps packs always. */
const RAW_WEIGHTS = 'application/vnd.cncf.model.weight.v1.raw';

/** Longest path that file systems take. */
const MAX_PATH = 4096;
const MAX_BASE = 100;

const OLLAMA = 'application/vnd.ollama.image.';
/** Layers of Ollama, by the end of their media type: https://github.com/ollama/ollama/blob/main/server/images.go */
const OLLAMA_FILES: Readonly<Record<string, string>> = {
  template: 'chat_template.gotmpl',
  prompt: 'chat_template.gotmpl',
  system: 'system.prompt.txt',
  params: 'params.json',
  messages: 'messages.json',
  license: 'LICENSE',
};
const OLLAMA_WEIGHTS = new Set(['model', 'adapter', 'projector', 'draft', 'embed']);

interface Named {
  readonly title: string;
  readonly weights: boolean;
}

function named({ mediaType, name, annotations }: Descriptor): Named | undefined {
  const what = mediaType.startsWith(OLLAMA) ? mediaType.slice(OLLAMA.length) : undefined;
  if (what !== undefined) {
    if (OLLAMA_WEIGHTS.has(what)) return { title: what, weights: true };
    if (Object.hasOwn(OLLAMA_FILES, what)) return { title: OLLAMA_FILES[what] ?? '', weights: false };
    // A tensor in a safetensors file of its own; a configuration under its path.
    if (what === 'tensor' && name !== undefined) return { title: `${name}.safetensors`, weights: false };
    if (name !== undefined) return { title: name, weights: false };
  }
  const title = TITLES.map((key) => annotations.get(key)).find((value) => value !== undefined && value !== '');
  return title === undefined ? undefined : { title, weights: false };
}

/** `name-2.ext` where `name.ext` is taken: Ollama has several licences and adapters. */
function unique(path: string, taken: ReadonlySet<string>): string {
  if (!taken.has(path)) return path;
  const { dir, name, ext } = posix.parse(path);
  for (let i = 2; ; i += 1) {
    const other = posix.join(dir, `${name}-${i}${ext}`);
    if (!taken.has(other)) return other;
  }
}

const shortOf = ({ digest }: Descriptor): string => digest.replace(':', '-').slice(0, 'sha256-'.length + 12);

function problemOf(title: string): string | undefined {
  const problems: readonly string[] = nameProblems(title);
  if (problems.length > 0) return problems.join(', ');
  if (title.length > MAX_PATH) return 'too long';
  return /[\p{Cc}\p{Cf}]/u.test(title) ? 'control characters' : undefined;
}

/** The end of a hostile name: its extension says what loaders make of the file. */
const harmless = (title: string): string =>
  (title.slice(-MAX_PATH).split(/[/\\]/).at(-1) ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}:]/gu, '')
    .slice(-MAX_BASE)
    .replace(/^\.+$/, '');

/** The files of an artifact, named as its clients would name them. Names are hostile until shown otherwise. Pure. */
export function layoutOf(manifests: readonly OciManifest[]): Layout {
  const taken = new Set<string>();
  const blobs = new Set<string>();
  const layers: Layer[] = [];
  const hostile: HostileTitle[] = [];
  manifests.forEach((manifest, index) => {
    const folder = manifests.length > 1 ? `${index + 1}/` : '';
    for (const blob of manifest.layers) {
      const told = named(blob);
      const unpacks = blob.annotations.get(UNPACK) === 'true';
      const image = IMAGE.test(blob.mediaType);
      // ORAS gives single files the media type of image layers; their title says what they are, the first bytes what they hold.
      const packed = PACKED.test(blob.mediaType) || unpacks;
      const id = `${blob.digest} ${told?.title ?? ''}`;
      if (blobs.has(id)) continue;
      blobs.add(id);
      const problem = told && problemOf(told.title);
      const clean = told && problem === undefined ? posix.normalize(told.title).replace(/\/+$/, '') : undefined;
      const path = unique(
        `${folder}${clean === undefined || clean === '.' ? posix.join('layers', shortOf(blob), told ? harmless(told.title) : '') : clean}`,
        taken,
      );
      taken.add(path);
      const weights = told?.weights === true || (told === undefined && blob.mediaType === RAW_WEIGHTS);
      layers.push({ blob, path, weights, packed, image, titled: told !== undefined, hostile: problem !== undefined });
      if (told && problem !== undefined) hostile.push({ path, title: told.title, problem });
    }
  });
  return { layers, hostile };
}

const startsWith = (head: Uint8Array, text: string): boolean => Buffer.from(head.subarray(0, text.length)).toString('latin1') === text;

/** Extension of weights whose name does not tell: by their first bytes; what fits none promises GGUF and does not keep it. */
export function weightExtension(head: Uint8Array): string {
  if (['ggml', 'ggmf', 'ggjt', 'ggla', 'lmgg', 'fmgg', 'tjgg', 'algg'].some((magic) => startsWith(head, magic))) return '.ggml';
  if (startsWith(head, 'PK\u0003\u0004')) return '.pt';
  if (head[0] === 0x80 && (head[1] ?? 9) <= 5) return '.pkl';
  // Eight bytes of length, then the JSON of a safetensors header.
  return head[8] === 0x7b && head[6] === 0 && head[7] === 0 ? '.safetensors' : '.gguf';
}
