import { foldKey } from '../../../knowledge/config.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** ComfyUI: API format `{"4": {class_type, inputs}}`, editor format `{nodes: [{type, widgets_values}]}`. */
export function readComfy(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map') return;
  const nodes = get(root, 'nodes');
  const api = root.entries.filter(({ value }) => value.kind === 'map' && get(value, 'class_type') && get(value, 'inputs'));
  for (const { value } of api) {
    const inputs = get(value, 'inputs');
    const type = textOf(get(value, 'class_type')) ?? '';
    if (inputs?.kind !== 'map') continue;
    for (const entry of inputs.entries) {
      if (entry.value.kind !== 'scalar' || entry.value.type !== 'string') continue;
      readComfyValue(sink, entry.value.value, entry.key, type, entry.value.line);
    }
  }
  for (const node of itemsOf(nodes)) {
    const type = textOf(get(node, 'type')) ?? '';
    for (const value of itemsOf(get(node, 'widgets_values')))
      if (value.kind === 'scalar' && value.type === 'string' && sink.models.weightExtension(value.value) === 'sure')
        sink.model(value.value, { position: 'argument', key: comfyKey(type) }, value.line, type);
  }
}

const comfyKey = (type: string): string =>
  /upscale/i.test(type)
    ? 'upscale_model_name'
    : /checkpoint/i.test(type)
      ? 'ckpt_name'
      : /vae/i.test(type)
        ? 'vae_name'
        : /clip/i.test(type)
          ? 'clip_name'
          : 'unet_name';

function readComfyValue(sink: Sink, text: string, key: string, type: string, line: number): void {
  if (sink.models.weightExtension(text) !== undefined && /\.(?:safetensors|ckpt|pth?|gguf|bin|onnx|sft)$/i.test(text))
    sink.model(text, { position: 'argument', key: /name\d?$/.test(key) ? key : comfyKey(type) }, line, `${type}.${key}`);
  else if (/^model(?:_name)?$|_model$/.test(key))
    sink.model(text, { position: 'key', key, provider: 'comfyui', ai: true }, line, `${type}.${key}`);
}

/** Hugging Face model folders: `config.json`, `adapter_config.json`, `model_index.json`, tokenizer files. */
export function readHubFiles(sink: Sink, root: ConfigNode): void {
  const name = sink.path.slice(sink.path.lastIndexOf('/') + 1);
  if (root.kind !== 'map') return;
  if (name === 'adapter_config.json') {
    const base = get(root, 'base_model_name_or_path');
    if (base?.kind === 'scalar')
      sink.model(base.value, { position: 'argument', key: 'base_model', loader: 'transformers' }, base.line, 'base_model_name_or_path');
    return;
  }
  if (name !== 'config.json' && name !== 'model_index.json') return;
  const transformers = get(root, 'architectures') ?? get(root, 'model_type') ?? get(root, '_class_name');
  if (!transformers) return;
  const path = get(root, '_name_or_path');
  const model =
    path?.kind === 'scalar' && /^[\w.-]+(?:\/[\w.-]+)?$/.test(path.value)
      ? sink.model(
          path.value,
          { position: 'key', key: 'model_name_or_path', loader: 'transformers' },
          path.line,
          '_name_or_path',
          details(root),
        )
      : undefined;
  const automap = get(root, 'auto_map');
  if (automap?.kind === 'map') {
    for (const entry of automap.entries)
      sink.observe(
        'remote-code',
        entry.line,
        { key: 'auto_map', file: textOf(entry.value) ?? '' },
        model === undefined ? undefined : `model:${model.name.toLowerCase()}`,
      );
  }
}

const details = (root: MapNode): { library: string; card?: { architecture: string } } => {
  const architecture = textOf(itemsOf(get(root, 'architectures'))[0]);
  return {
    library: get(root, '_class_name') ? 'diffusers' : 'transformers',
    ...(architecture !== undefined && { card: { architecture } }),
  };
};

/** DVC: tracked data (`*.dvc`), stages that read data files. */
export function readDvc(sink: Sink, root: ConfigNode): void {
  const name = sink.path.slice(sink.path.lastIndexOf('/') + 1);
  const folder = sink.path.slice(0, Math.max(0, sink.path.lastIndexOf('/') + 1));
  if (name.endsWith('.dvc')) {
    for (const out of itemsOf(get(root, 'outs'))) {
      const path = get(out, 'path');
      const text = textOf(path);
      if (text !== undefined && path && /\.(?:csv|tsv|parquet|jsonl?|txt|npz|zip|tar(?:\.gz)?|h5|feather|arrow|xlsx)$/i.test(text))
        sink.dataset(`${folder}${text}`, 'file', path.line, 'outs.path', { ...(textOf(get(out, 'md5')) && {}) }, 'high');
    }
  } else if (name === 'dvc.yaml') {
    for (const { map } of mapsOf(root)) {
      for (const item of itemsOf(get(map, 'deps'))) {
        const text = textOf(item);
        if (text !== undefined && /\.(?:csv|tsv|parquet|jsonl|feather|arrow|npz|xlsx)$/i.test(text) && !/[{}$]/.test(text))
          sink.dataset(`${folder}${text}`, 'file', item.line, 'deps', {}, 'medium');
      }
    }
  }
}

/** Ultralytics: `data.yaml` names a data set by folders and classes. */
export function readUltralytics(sink: Sink, root: ConfigNode): void {
  const names = get(root, 'names');
  const train = get(root, 'train');
  if (root.kind !== 'map' || !names || !train || !(get(root, 'val') ?? get(root, 'nc') ?? get(root, 'path'))) return;
  if (root.entries.some(({ key }) => foldKey(key) === 'model')) return;
  const roboflow = get(root, 'roboflow');
  const url = textOf(get(roboflow, 'url'));
  sink.dataset(sink.path, 'file', train.line, 'train', { ...(url !== undefined && { aliases: [url] }) });
}
