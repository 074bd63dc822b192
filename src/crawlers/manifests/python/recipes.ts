import type { Requirement } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, itemsOf, textOf, type TreeNode } from '../text/tree.ts';
import { readYaml } from '../text/yaml.ts';
import { pypiRequirement } from './requirement.ts';

const list = (node: TreeNode | undefined): Requirement[] =>
  itemsOf(node).flatMap((item) => {
    const requirement = pypiRequirement(textOf(item) ?? '', item.line, 'runtime');
    return requirement ? [requirement] : [];
  });

/** Model packaging tools name Python packages in a file of their own: cog.yaml (Replicate), bentofile.yaml, Truss' config.yaml. */
export const modelRecipeReader: ManifestReader = {
  id: 'model-recipe',
  matches: (_path, name) => /^(?:cog|bentofile|config)\.ya?ml$/.test(name),
  prefilter: (latin1) =>
    /^[ \t]*(?:python_packages|packages|requirements)[ \t]*:/m.test(latin1) &&
    /^(?:build|python|requirements|model_name)[ \t]*:/m.test(latin1),
  read: (text, path) => ({
    reader: 'model-recipe',
    requirements: readYaml(text).flatMap((document) => {
      if (path.includes('config.y')) return at(document, 'model_name') ? list(at(document, 'requirements')) : [];
      return [...list(at(document, 'build', 'python_packages')), ...list(at(document, 'python', 'packages'))];
    }),
  }),
};
