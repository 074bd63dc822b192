import type { Requirement } from '../model.ts';
import { nameOf } from '../paths.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, itemsOf, textOf } from '../text/tree.ts';
import { readYaml } from '../text/yaml.ts';
import { condaRequirement } from './conda-spec.ts';
import { pypiRequirement } from './requirement.ts';

const NAMED = /^(?:.*[-_.])?(?:env|environment|conda|conda[-_]env|anaconda-project)(?:[-_.].*)?\.ya?ml$/i;
const IN_FOLDER = /(?:^|\/)(?:conda|envs?|environments?)\/[^/]+\.ya?ml$/i;
const YAML = /\.ya?ml$/i;
/** What only an environment has, whatever its name: channels, or a list of packages with pip's. */
const SAYS = /^channels[ \t]*:|^dependencies[ \t]*:(?:[ \t]*\r?\n|[ \t]+-[^\n]*\n|[ \t]*#[^\n]*\n){1,200}?[ \t]*-[ \t]+(?:python|pip)\b/m;

/** environment.yml of conda, mamba and MLflow; anaconda-project.yml; any YAML that says that it is one. */
export const condaReader: ManifestReader = {
  id: 'conda',
  matches: (_path, name) => YAML.test(name),
  prefilter: (latin1, path) =>
    /^[ \t]*(?:dependencies|packages)[ \t]*:/m.test(latin1) &&
    /^[ \t]*-[ \t]+\S/m.test(latin1) &&
    (NAMED.test(nameOf(path)) || IN_FOLDER.test(path) || SAYS.test(latin1)),
  read: (text) => {
    const requirements: Requirement[] = [];
    for (const document of readYaml(text)) {
      const conda = at(document, 'channels') ?? at(document, 'name');
      const lists = [at(document, 'dependencies'), at(document, 'packages')];
      // A Helm Chart.yaml or a CI file also has `dependencies`, but of tables.
      if (!conda && !lists.some((node) => itemsOf(node).some((item) => textOf(item)?.startsWith('python')))) continue;
      for (const item of lists.flatMap((node) => [...itemsOf(node)])) {
        const spec = textOf(item);
        const requirement = spec === undefined ? undefined : condaRequirement(spec, item.line, 'runtime');
        if (requirement) requirements.push(requirement);
        for (const [key, list] of entriesOf(item)) {
          if (key !== 'pip') continue;
          for (const pip of itemsOf(list)) {
            const inner = pypiRequirement(textOf(pip) ?? '', pip.line, 'runtime');
            if (inner) requirements.push(inner);
          }
        }
      }
    }
    return { reader: 'conda', requirements };
  },
};
