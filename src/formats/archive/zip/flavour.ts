/** What a zip is, by the names of its members. */
type ZipFlavour =
  | 'torch-zip'
  | 'torchscript'
  | 'npz'
  | 'keras'
  | 'torchserve-mar'
  | 'skops'
  | 'stable-baselines3'
  | 'coreml-package'
  | 'torch-package'
  | 'zip';

export interface Layout {
  readonly flavour: ZipFlavour;
  /** Folder that holds everything, with its slash; torch names it after the file. */
  readonly root: string;
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/') + 1);

/** torch takes the folder of the first record; any folder with a `data.pkl` is one that it could take. */
function torchRoot(names: ReadonlySet<string>): string | undefined {
  for (const name of names) {
    if (!name.endsWith('data.pkl')) continue;
    const root = folderOf(name);
    if (name !== `${root}data.pkl`) continue;
    for (const other of ['version', '.data/version', 'constants.pkl', 'byteorder', 'data/0']) {
      if (names.has(root + other)) return root;
    }
  }
  return undefined;
}

export function layoutOf(allNames: readonly string[]): Layout {
  const names = new Set(allNames);
  const root = torchRoot(names);
  if (root !== undefined) {
    const script = allNames.some((name) => name.startsWith(`${root}code/`));
    return { flavour: script ? 'torchscript' : 'torch-zip', root };
  }
  const has = (name: string): boolean => names.has(name);
  const flavour = ((): ZipFlavour => {
    if (has('MAR-INF/MANIFEST.json')) return 'torchserve-mar';
    if (has('config.json') && (has('metadata.json') || allNames.some((name) => name.endsWith('.weights.h5')))) return 'keras';
    if (has('_stable_baselines3_version') || (has('data') && (has('policy.pth') || has('pytorch_variables.pth'))))
      return 'stable-baselines3';
    if (allNames.some((name) => name.endsWith('.data/extern_modules'))) return 'torch-package';
    if (has('schema.json')) return 'skops';
    if (allNames.length > 0 && allNames.every((name) => name.endsWith('.npy'))) return 'npz';
    if (allNames.some((name) => name.endsWith('.mlmodel')) && allNames.some((name) => name.endsWith('Manifest.json')))
      return 'coreml-package';
    return 'zip';
  })();
  return { flavour, root: '' };
}
