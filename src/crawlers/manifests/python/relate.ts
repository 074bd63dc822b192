import { libraryKey } from '../../../knowledge/libraries.ts';
import type { FileFacts } from '../../crawler.ts';
import type { ManifestFacts, Requirement } from '../model.ts';
import { ancestorsOf, folderOf, isApart, joinPath, nameOf } from '../paths.ts';

type File = FileFacts<ManifestFacts>;

const isPinned = ({ range }: Requirement): boolean => /^={2,3}[^*]+$/.test(range ?? '');

/** Manifests that a compiled requirements file was made from, as far as they are in the tree. */
function sourcesOf({ path, facts }: File, byPath: ReadonlyMap<string, File>): File[] {
  const folder = folderOf(path);
  const named = (facts.links ?? [])
    .filter(({ type }) => type === 'source')
    .flatMap(({ target }) => [joinPath(folder, target), joinPath('', target)]);
  const sibling = path.replace(/\.(?:txt|lock)$/, '.in');
  const candidates = [...named, ...(sibling === path ? [] : [sibling])];
  return [...new Set(candidates)].flatMap((candidate) => {
    const file = candidate === undefined || candidate === path ? undefined : byPath.get(candidate);
    return file && (file.facts.requirements?.length ?? 0) > 0 ? [file] : [];
  });
}

/** `poetry export` and `pipenv requirements` write no header, but a hash for every pin. */
function isExport({ path, facts }: File, byPath: ReadonlyMap<string, File>): boolean {
  const requirements = facts.requirements ?? [];
  if (requirements.length === 0 || !requirements.every((requirement) => requirement.hashed && isPinned(requirement))) return false;
  const folder = folderOf(path);
  return ['pyproject.toml', 'Pipfile'].some(
    (name) => (byPath.get(folder === '' ? name : `${folder}/${name}`)?.facts.requirements?.length ?? 0) > 0,
  );
}

/** Text files of any name are requirements where one of the known ones includes them. */
function withoutUnasked(files: readonly File[]): File[] {
  const byPath = new Map(files.filter(({ facts }) => facts.reader === 'included').map((file) => [file.path, file]));
  const asked = new Set<string>();
  const queue = files.filter(({ facts }) => facts.reader !== 'included');
  for (let file = queue.pop(); file; file = queue.pop()) {
    for (const { type, target } of file.facts.links ?? []) {
      const path = type === 'include' ? joinPath(folderOf(file.path), target) : undefined;
      const found = path === undefined || asked.has(path) ? undefined : byPath.get(path);
      if (!found) continue;
      asked.add(found.path);
      queue.push(found);
    }
  }
  return files.filter(({ path, facts }) => facts.reader !== 'included' || asked.has(path));
}

/** Manifests of a project that a build of the folder installs. */
const PROJECT = new Set(['pyproject', 'setup-py', 'setup-cfg']);

/**
 * Folders of the projects that images install. The context of a build is the folder of its
 * Dockerfile or one above it.
 */
function deployedFolders(files: readonly File[]): ReadonlySet<string> {
  const projects = new Set(files.filter(({ facts }) => PROJECT.has(facts.reader)).map(({ path }) => folderOf(path)));
  return new Set(
    files.flatMap(({ path, facts }) =>
      facts.reader !== 'image-projects' || isApart(path)
        ? []
        : (facts.links ?? []).flatMap(({ target }) => {
            const candidates = [...ancestorsOf(folderOf(path))].flatMap((folder) => joinPath(folder, target) ?? []);
            return candidates.find((folder) => projects.has(folder)) ?? [];
          }),
    ),
  );
}

/**
 * A requirements file that a tool compiled from another manifest of the tree is a lock file of
 * that manifest. Without its source it declares what its own comments say was asked for.
 */
export function relatePython(all: readonly File[]): readonly File[] {
  const files = withoutUnasked(all);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const deployed = deployedFolders(files);
  return files.map((file) => {
    const { path, facts } = file;
    if (PROJECT.has(facts.reader) && deployed.has(folderOf(path))) return { path, facts: { ...facts, deployed: true } };
    if (facts.reader !== 'requirements' || !facts.requirements) return file;
    const sources = nameOf(path).endsWith('.in') ? [] : sourcesOf(file, byPath);
    const compiled = sources.length > 0 && (facts.compiled ?? facts.requirements.every(isPinned));
    if (!compiled && !isExport(file, byPath)) return file;
    const asked = new Set(sources.flatMap((source) => (source.facts.requirements ?? []).map(({ name }) => libraryKey('pypi', name))));
    return {
      path,
      facts: {
        ...facts,
        reader: 'compiled',
        // What a URL or a path installs is pinned nowhere else.
        requirements: facts.requirements.filter(({ origin, name }) => origin === 'vcs' && !asked.has(libraryKey('pypi', name))),
        locked: facts.requirements.map(({ ecosystem, name, line, range }) => ({
          ecosystem,
          name,
          line,
          ...(range ? { version: range.replace(/^=+/, '') } : {}),
        })),
      },
    };
  });
}
