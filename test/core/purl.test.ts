import * as fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import type { Ecosystem } from '../../src/core/component.ts';
import { formatPurl, huggingFacePurl, imagePurl, packageName } from '../../src/core/purl.ts';

const ofPackage = (ecosystem: Ecosystem, name: string, version: string): string =>
  formatPurl({ type: ecosystem, ...packageName(ecosystem, name), version });

describe('package URLs', () => {
  test.each<[Ecosystem, string, string, string]>([
    ['pypi', 'Sentence_Transformers', '2.7.0', 'pkg:pypi/sentence-transformers@2.7.0'],
    ['pypi', 'ruamel.yaml', '0.18', 'pkg:pypi/ruamel-yaml@0.18'],
    ['npm', '@LangChain/core', '0.3.1', 'pkg:npm/%40langchain/core@0.3.1'],
    ['maven', 'org.springframework.ai:spring-ai-openai', '1.0.0', 'pkg:maven/org.springframework.ai/spring-ai-openai@1.0.0'],
    ['maven', 'dev.langchain4j/langchain4j', '1.0', 'pkg:maven/dev.langchain4j/langchain4j@1.0'],
    ['golang', 'github.com/sashabaranov/go-openai', 'v1.2.3', 'pkg:golang/github.com/sashabaranov/go-openai@v1.2.3'],
    ['nuget', 'Microsoft.SemanticKernel', '1.0.0', 'pkg:nuget/Microsoft.SemanticKernel@1.0.0'],
    ['cargo', 'async-openai', '0.20.0+1', 'pkg:cargo/async-openai@0.20.0%2B1'],
    ['composer', 'OpenAI-php/Client', '1', 'pkg:composer/openai-php/client@1'],
    ['pub', 'google-generative_ai', '1', 'pkg:pub/google_generative_ai@1'],
    ['swift', 'github.com/MacPaw/OpenAI', '0.3', 'pkg:swift/github.com/MacPaw/OpenAI@0.3'],
    ['gem', 'ruby-openai', '7.0', 'pkg:gem/ruby-openai@7.0'],
  ])('%s %s', (ecosystem, name, version, expected) => {
    expect(ofPackage(ecosystem, name, version)).toBe(expected);
  });

  test('a hub revision keeps its case: branches and tags have one', () => {
    expect(huggingFacePurl('meta-llama/Llama-3.1-8B', 'V1.0')).toBe('pkg:huggingface/meta-llama/Llama-3.1-8B@V1.0');
    expect(huggingFacePurl('bert-base-uncased')).toBe('pkg:huggingface/bert-base-uncased');
  });

  test.each(['a/b/c', '', 'a b', '../x', 'a/', '/a', 'https://x/y', './model'])('%j is no hub id', (id) => {
    expect(huggingFacePurl(id)).toBeUndefined();
  });

  test.each([
    ['vllm/vllm-openai', 'latest', 'pkg:docker/vllm/vllm-openai@latest'],
    ['ghcr.io/acme/ui', 'sha256:ab', 'pkg:docker/acme/ui@sha256:ab?repository_url=ghcr.io'],
    ['localhost:5000/x', undefined, 'pkg:docker/x?repository_url=localhost:5000'],
    ['docker.io/library/redis', '7', 'pkg:docker/library/redis@7'],
    ['python', '3.12', 'pkg:docker/python@3.12'],
  ])('image %s', (image, version, expected) => {
    expect(imagePurl(image, version)).toBe(expected);
  });

  test('an image that is an expression has no package URL', () => {
    expect(imagePurl('${IMAGE}')).toBeUndefined();
    expect(imagePurl('a:b/c:d')).toBeUndefined();
  });

  test('packageurl-js reads back what was written, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ minLength: 1, unit: 'binary' }), (name, version) => {
        fc.pre(name.trim() === name && version.trim() === version);
        const purl = formatPurl({ type: 'generic', namespace: 'ns', name, version, qualifiers: { q: version } });
        const read = PackageURL.fromString(purl);
        expect([read.name, read.version, read.namespace]).toEqual([name, version, 'ns']);
        expect(purl).toMatch(/^[\w\-.~:%/@?=]+$/);
      }),
    );
  });
});
