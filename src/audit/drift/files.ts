import type { SnapshotFile } from '../snapshot.ts';
import type { Detector, DriftChange, DriftInput } from './change.ts';

const WEIGHTS =
  /\.(?:safetensors|gguf|bin|pt|pth|ckpt|onnx|h5|keras|tflite|pkl|pickle|joblib|npy|npz|msgpack|pdparams|mlmodel|ot|nemo|dill)$/i;
const PICKLES = /\.(?:bin|pt|pth|ckpt|pkl|pickle|joblib|dill|nemo)$/i;
/** By content where inspection said it: a name proves nothing. */
const PICKLE_FORMATS = /^(?:pickle|torch|joblib|dill|cloudpickle)/;
const CODE = /\.(?:py|ipynb|sh|so|dll|dylib)$/i;
const TEMPLATES = /(?:^|\/)(?:chat_template\.(?:jinja|json|gotmpl)|tokenizer_config\.json)$/;

const LICENCES = /^(?:licen[cs]e|copying)(?:-\d+)?(?:\.(?:md|txt))?$/i;

const isPickle = (file: SnapshotFile): boolean => (file.format === undefined ? PICKLES.test(file.path) : PICKLE_FORMATS.test(file.format));
const isSafetensors = (file: SnapshotFile): boolean => /\.safetensors$/i.test(file.path);
const isWeight = (file: SnapshotFile): boolean => WEIGHTS.test(file.path);
const shown = (file: SnapshotFile): string => `${file.size} bytes${file.digest === undefined ? '' : `, ${file.digest}`}`;

/** Files whose content the detectors compare. */
export const isCompared = (path: string): boolean => [WEIGHTS, CODE, TEMPLATES, LICENCES].some((pattern) => pattern.test(path));

interface Pairing {
  readonly added: readonly SnapshotFile[];
  readonly removed: readonly SnapshotFile[];
  readonly altered: readonly (readonly [SnapshotFile, SnapshotFile])[];
}

function pair({ before, after }: DriftInput): Pairing {
  // Without a listing of both sides nothing can be said of files.
  if (after.files.length === 0 || before.files.length === 0) return { added: [], removed: [], altered: [] };
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Map(after.files.map((file) => [file.path, file]));
  return {
    added: after.files.filter((file) => !old.has(file.path)),
    removed: before.files.filter((file) => !now.has(file.path)),
    altered: after.files.flatMap((file) => {
      const was = old.get(file.path);
      return was && (was.size !== file.size || (was.digest !== undefined && file.digest !== undefined && was.digest !== file.digest))
        ? [[was, file] as const]
        : [];
    }),
  };
}

const one = (rule: string, file: SnapshotFile, before: string, after: string): DriftChange => ({ rule, path: file.path, before, after });

/** Another content of exactly the same size: what somebody does who does not want it seen. */
export const replaced: Detector = (input) =>
  pair(input).altered.flatMap(([was, file]) =>
    isWeight(file) ? [one(was.size === file.size ? 'drift-file-replaced' : 'drift-weights-changed', file, shown(was), shown(file))] : [],
  );

export const addedWeights: Detector = (input) =>
  pair(input).added.flatMap((file) => {
    if (isPickle(file)) return [one('drift-pickle-added', file, 'not there', shown(file))];
    return isWeight(file) ? [one('drift-weights-added', file, 'not there', shown(file))] : [];
  });

/** A file that was no pickle is one now, under the same name. */
export const becamePickle: Detector = ({ before, after }) => {
  const old = new Map(before.files.map((file) => [file.path, file]));
  return after.files.flatMap((file) => {
    const was = old.get(file.path);
    return was?.format !== undefined && file.format !== undefined && !isPickle(was) && isPickle(file)
      ? [one('drift-pickle-added', file, was.format, file.format)]
      : [];
  });
};

export const removedWeights: Detector = (input) => {
  const { removed } = pair(input);
  const left = input.after.files.some(isSafetensors);
  return removed.flatMap((file) => {
    if (isSafetensors(file) && !left) return [one('drift-safetensors-removed', file, shown(file), 'gone')];
    return isWeight(file) ? [one('drift-weights-removed', file, shown(file), 'gone')] : [];
  });
};

export const code: Detector = (input) => {
  const { added, altered } = pair(input);
  return [
    ...added.filter((file) => CODE.test(file.path)).map((file) => one('drift-code-added', file, 'not there', shown(file))),
    ...altered.filter(([, file]) => CODE.test(file.path)).map(([was, file]) => one('drift-code-changed', file, shown(was), shown(file))),
  ];
};

/** Other words under the same name of a licence: for registries whose licence is a text, and for whoever edits one. */
export const licenceText: Detector = (input) =>
  input.before.licence === input.after.licence
    ? pair(input)
        .altered.filter(([, file]) => LICENCES.test(file.path))
        .map(([was, file]) => one('drift-licence-changed', file, shown(was), shown(file)))
    : [];

export const template: Detector = (input) =>
  pair(input)
    .altered.filter(([, file]) => TEMPLATES.test(file.path))
    .map(([was, file]) => one('drift-template-changed', file, shown(was), shown(file)));
