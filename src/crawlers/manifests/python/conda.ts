import type { Requirement } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, itemsOf, textOf } from '../text/tree.ts';
import { readYaml } from '../text/yaml.ts';
import { condaRequirement } from './conda-spec.ts';
import { pypiRequirement } from './requirement.ts';

/** environment.yml of conda, mamba and MLflow; anaconda-project.yml. */
export const condaReader: ManifestReader = {
  id: 'conda',
  matches: (path, name) =>
    /^(?:.*[-_.])?(?:env|environment|conda|conda[-_]env|anaconda-project)(?:[-_.].*)?\.ya?ml$/i.test(name) ||
    /(?:^|\/)(?:conda|envs?|environments?)\/[^/]+\.ya?ml$/i.test(path),
  prefilter: (latin1) => /^[ \t]*(?:dependencies|packages)[ \t]*:/m.test(latin1) && /^[ \t]*-[ \t]+\S/m.test(latin1),
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
