import type { Requirement } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, itemsOf, textOf, type TreeNode } from '../text/tree.ts';
import { readYaml } from '../text/yaml.ts';
import { pypiRequirement } from './requirement.ts';
import { pythonTokens } from './tokens.ts';

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

/** Tokens of one call that are looked at. */
const MAX_ARGUMENTS = 1000;

/** `modal.Image.debian_slim().pip_install("vllm==0.5", "torch")`: an image defined in Python. */
export const imageCodeReader: ManifestReader = {
  id: 'image-code',
  matches: (_path, name) => name.endsWith('.py'),
  prefilter: (latin1) => /\.(?:uv_)?pip_install\s*\(/.test(latin1),
  read: (text) => {
    const tokens = pythonTokens(text);
    const requirements: Requirement[] = [];
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'name' || !/\.(?:uv_)?pip_install$/.test(token.text) || tokens[index + 1]?.text !== '(') continue;
      let depth = 0;
      for (let next = index + 1; next < Math.min(tokens.length, index + MAX_ARGUMENTS); next += 1) {
        const { type, text: word, line } = tokens[next] as (typeof tokens)[number];
        if (type === 'op' && '([{'.includes(word)) depth += 1;
        else if (type === 'op' && ')]}'.includes(word)) depth -= 1;
        if (depth === 0) break;
        // `extra_index_url="…"` is an option.
        const requirement = type === 'string' && tokens[next - 1]?.text !== '=' ? pypiRequirement(word, line, 'runtime') : undefined;
        if (requirement) requirements.push(requirement);
      }
    }
    return { reader: 'image-code', requirements };
  },
};
