import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recipesAsScript } from '../../src/lang/make.ts';

test('keeps recipes and plain variables at their lines, and nothing else', () => {
  const makefile =
    'MODEL-ID ?= "owner/name" # the model\nOUT := $(shell date)\n.PHONY: serve\nserve: build\n\t@vllm serve $(MODEL-ID) \\\n\t  --port $$PORT\n\t-rm -f x\n';
  expect(recipesAsScript(makefile).split('\n')).toEqual([
    'MODEL_ID="owner/name"',
    '',
    '',
    '',
    'vllm serve ${MODEL_ID} \\',
    '\t  --port $PORT',
    'rm -f x',
    '',
  ]);
});

test('reads the variables of just', () => {
  expect(recipesAsScript('model := "owner/name"\nserve:\n    vllm serve {{ model }}\n').split('\n')).toEqual([
    'model="owner/name"',
    '',
    'vllm serve ${model}',
    '',
  ]);
});

test('keeps the number of lines of any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string()),
      (lines) => recipesAsScript(lines.join('\n')).split('\n').length === lines.join('\n').split(/\r?\n/).length,
    ),
  );
});
