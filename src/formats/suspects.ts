import { baseName, hasExtension } from './reading.ts';
import { artifactRole, extensionOf } from './extensions.ts';
import { disguiseOf } from './native/native.ts';
import { looksLikePickle } from './pickle/index.ts';

/** Bytes of a configuration that are searched for a name that is imported; long ones begin with their settings. */
export const SUSPECT_SIZE = 64 * 1024;

/** Program text and templates: they matter where a model is loaded with them. */
const BESIDE_MODELS = ['.py', '.jinja', '.jinja2', '.j2'];
const YAML = ['.yaml', '.yml'];
const JSON_NAMES =
  /"(?:py\/(?:object|reduce|function|repr|type|newargs)|__loader__|__reduce__|_target_|__target__|auto_map|chat_template|custom_pipelines|class_name|_type|lc)"\s*:|"(?:gA[I-X]|H4sI|eJ[wxyz]|8004|8002)/;
const YAML_NAMES = /!!?python\/|!<tag:|^%TAG|!(?:new|apply|name|module|obj|call):|_target_|class_path|!!javax?\.|!ruby\//m;

/**
 * Where settings lie that a program of machine learning reads. Other trees have thousands of YAML files (notes, tasks,
 * manifests), and opening each costs a twentieth of a scan.
 */
const SETTINGS =
  /^[^/]*(?:\/[^/]*)?$|conf|param|model|hydra|train|experiment|pipeline|serving|checkpoint|weight|setting|recipe|(?:^|[/_.-])(?:args|state|data|payload)/i;

/** Text, programs, pictures and documents, which no loader of models opens under these names. */
const ORDINARY = new Set(
  (
    'md mdx rst adoc tex bib html htm css scss sass less js mjs cjs ts mts cts tsx jsx vue svelte py pyi pyx pxd ipynb c h cc cpp cxx hpp hh cu cuh m mm java kt kts scala groovy go rs rb php swift dart cs fs vb r jl lua pl pm ex exs erl hs clj ' +
    'sh bash zsh fish ps1 bat cmd sql graphql proto thrift tf tfvars hcl gradle cmake mk toml ini cfg conf properties env lock sum mod csv tsv log po pot mo svg png jpg jpeg gif webp bmp ico tif tiff avif heic psd mp3 wav ogg flac m4a mp4 m4v mov avi mkv webm ' +
    'ttf otf woff woff2 eot pdf doc docx xls xlsx ppt pptx odt map snap patch diff gitignore gitattributes gitkeep dockerignore editorconfig npmrc licence license pem crt key sample example tmpl tpl'
  )
    .split(' ')
    .map((name) => `.${name}`),
);

/**
 * Whether a file whose name promises no model may still carry something: `yes` by its place, `sniff` by its
 * first bytes. It is worth a line in the report only if it does harm.
 */
export function suspicionOf(path: string, besideModel: boolean): 'yes' | 'sniff' | undefined {
  if (hasExtension(path, ...BESIDE_MODELS)) return besideModel ? 'yes' : undefined;
  const name = baseName(path);
  if (name.startsWith('.') && !name.includes('.', 1)) return undefined;
  if (hasExtension(path, ...YAML) && !besideModel && !SETTINGS.test(path)) return undefined;
  return ORDINARY.has(extensionOf(path)) ? undefined : 'sniff';
}

/** Names under which weights lie beside a graph: a program there is disguised. */
const WEIGHTS = ['.bin', '.weights', '.params', '.model', '.engine', '.plan', '.dat', '.data'];

/** What its first `SUSPECT_SIZE` bytes make of it. `size`: of the whole file. */
export function suspectRole(path: string, head: Uint8Array, size: number, besideModel: boolean): 'weights' | 'suspect' | undefined {
  const suspect = (holds: boolean): 'suspect' | undefined => (holds ? 'suspect' : undefined);
  if (hasExtension(path, '.json')) return suspect(JSON_NAMES.test(latin(head)));
  if (hasExtension(path, ...YAML)) return suspect(YAML_NAMES.test(latin(head)));
  if (besideModel && hasExtension(path, ...WEIGHTS) && disguiseOf(head) !== undefined) return 'weights';
  // Under a name that says nothing, the bytes decide as they do under one that weights have now and then.
  return suspect(artifactRole('', head) === 'weights' || looksLikePickle(head, size) !== 'no');
}

const latin = (head: Uint8Array): string => Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
