import { describe, expect, it } from 'vitest';
import { mentionsAi } from '../../src/crawlers/code/prefilter.ts';
import { librariesSection } from '../../src/knowledge/libraries.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();
const libraries = knowledge.get(librariesSection);

describe('the prefilter of code', () => {
  it('lets through whatever imports a catalogued package, with or without a rule for its calls', () => {
    const lost = libraries.entries
      .filter(({ ecosystem }) => ecosystem === 'pypi')
      .flatMap(({ imports }) => imports)
      .filter((module) => libraries.byImport('pypi', module)?.generic === undefined)
      .filter((module) => !mentionsAi(knowledge, 'python', `import os\nimport ${module}\n`));
    expect(lost).toEqual([]);
  });

  it.each([
    ['python', 'from kfp import dsl\n', true],
    ['python', 'from numpy import array\n', false],
    ['python', 'from .kfp import dsl\n', false],
    ['typescript', "import { chromaClient } from './kfp';\n", false],
    ['typescript', "import { glob } from 'node:fs';\nimport express from 'express';\n", false],
    ['javascript', "const { MilvusClient } = require('@zilliz/milvus2-sdk-node/dist');\n", true],
  ] as const)('%s: %s', (language, text, expected) => {
    expect(mentionsAi(knowledge, language, text)).toBe(expected);
  });
});
