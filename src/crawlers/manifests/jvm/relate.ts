import type { FileFacts } from '../../crawler.ts';
import { MAX_CHAIN } from '../limits.ts';
import type { ManifestFacts, Requirement } from '../model.ts';
import { folderOf, joinPath } from '../paths.ts';
import { mapRequirements, valuesIn, valuesOf, withRange, type Lookup } from '../values.ts';

type File = FileFacts<ManifestFacts>;

/** Values of a pom as it sees them: its own, then those of its parents that lie in the tree. */
function pomLookup(files: readonly File[]): Lookup {
  const poms = new Map(files.filter(({ facts }) => facts.reader === 'pom').map((file) => [file.path, file]));
  const values = new Map([...poms].map(([path, file]) => [path, valuesIn(file)]));
  const parentOf = (path: string): string | undefined => {
    const target = poms.get(path)?.facts.links?.find(({ type }) => type === 'parent')?.target;
    const joined = target === undefined ? undefined : joinPath(folderOf(path), target);
    return joined === undefined ? undefined : joined.endsWith('.xml') ? joined : `${joined === '' ? '' : `${joined}/`}pom.xml`;
  };
  return (path, key) => {
    let here: string | undefined = path;
    for (let step = 0; here !== undefined && step < MAX_CHAIN; step += 1) {
      const found = values.get(here)?.get(key);
      if (found !== undefined) return found;
      const parent = parentOf(here);
      here = parent === here ? undefined : parent;
    }
    return undefined;
  };
}

/** Replaces `${name}` by values, which may themselves hold references. */
function expand(text: string, look: (key: string) => string | undefined): string {
  let result = text;
  for (let step = 0; step < MAX_CHAIN && result.includes('${') && result.length < 1000; step += 1) {
    const next = result.replaceAll(/\$\{[^${}]{1,200}\}/g, (reference) => look(reference) ?? reference);
    if (next === result) break;
    result = next;
  }
  return result;
}

function relatePom(requirement: Requirement, path: string, look: Lookup): Requirement[] {
  const inPom = (key: string): string | undefined => look(path, key)?.text;
  const name = expand(requirement.name, inPom);
  if (name.includes('${')) return [];
  const managed = requirement.range === undefined ? (look(path, `managed:${name}`) ?? look(path, requirement.from ?? '')) : undefined;
  const written = requirement.range ?? managed?.text;
  const range = written === undefined ? undefined : expand(written, inPom);
  // A property that only an outside parent sets: the version is managed there.
  return [withRange({ ...requirement, name }, range?.includes('${') ? undefined : range, managed?.stated)];
}

/** `$x`, `${x}`, `${rootProject.ext.x}`, `${project.property('x')}` → `x`. */
const variableOf = (range: string): string | undefined =>
  /^\$\{?(?:rootProject\.|project\.|ext\.|extra\.|property\(['"]|findProperty\(['"]|deps?\.)*([\w.-]+?)(?:['"]\)[!?]*)?\}?$/.exec(
    range,
  )?.[1];

function relateGradle(requirement: Requirement, path: string, look: Lookup, chain = 0): Requirement[] {
  const { from, range } = requirement;
  if (from !== undefined) {
    const value = look(path, from);
    if (value === undefined || chain >= 2) return [];
    if (from.includes('.bundles.'))
      return value.text.split('\0').flatMap((member) => relateGradle({ ...requirement, from: member }, path, look, chain + 1));
    const [group, artifact, version] = value.text.split(':');
    return [withRange({ ...requirement, name: `${group ?? ''}/${artifact ?? ''}` }, version, value.stated)];
  }
  if (!range?.startsWith('$')) return [requirement];
  const variable = variableOf(range);
  const value = variable === undefined ? undefined : (look(path, variable) ?? look(path, variable.split('.').at(-1) as string));
  return [withRange(requirement, value?.text)];
}

/** Properties, parents, managed versions and version catalogues of Maven, Gradle and sbt. */
export function relateJvm(files: readonly File[]): readonly File[] {
  const pom = pomLookup(files);
  const gradle = valuesOf(files.filter(({ facts }) => facts.reader !== 'pom'));
  const readers = new Map(files.map(({ path, facts }) => [path, facts.reader]));
  return mapRequirements(files, (requirement, path) =>
    readers.get(path) === 'pom' ? relatePom(requirement, path, pom) : relateGradle(requirement, path, gradle),
  );
}
