import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseTarget, keyOf, targetOfKey } from '../../src/audit/targets.ts';
import { ParseError, UserError } from '../../src/core/errors.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { hubOwnersSection } from '../../src/knowledge/hub-owners.ts';
import { httpReader } from '../../src/registries/http-reader.ts';
import { RegistryError } from '../../src/registries/registry-error.ts';
import { isHubName } from '../../src/registries/huggingface.ts';
import { repositoryFacts, treeFile } from '../../src/registries/huggingface-facts.ts';
import { Net } from '../../src/registries/net.ts';
import { RangeCache } from '../../src/registries/range-cache.ts';
import { tarballSource } from '../../src/source/tarball.ts';
import { tar } from './github-server.ts';

const content = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7 + (i >> 5)) & 0xff));

/** A server that gives a part of what is asked, or an error, as `mood` says. */
const moody =
  (mood: () => number): typeof globalThis.fetch =>
  (_, init) => {
    const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get('range') ?? '') ?? [];
    const [start, end] = [Number(from), Math.min(Number(to), content.length - 1)];
    const choice = mood();
    if (choice === 0) return Promise.reject(new TypeError('fetch failed'));
    if (choice === 1) return Promise.resolve(new Response('', { status: 503 }));
    const part = choice === 2 ? content.subarray(start, start + Math.ceil((end - start + 1) / 3)) : content.subarray(start, end + 1);
    return Promise.resolve(new Response(part, { status: 206, headers: { 'content-range': `bytes ${start}-${end}/${content.length}` } }));
  };

describe('reading by ranges', () => {
  it('gives the right bytes or an error, whatever the server does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(21_000), fc.nat(6_000)), { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
        async (reads, moods) => {
          let turn = 0;
          const net = new Net({ fetch: moody(() => moods[turn++ % moods.length] ?? 9), wait: () => Promise.resolve() });
          const reader = httpReader({ url: 'http://127.0.0.1/x', size: content.length }, net);
          const one = async ([at, length]: readonly [number, number]): Promise<void> => {
            try {
              expect(Buffer.from(await reader.read(at, length)).equals(content.subarray(at, at + length))).toBe(true);
            } catch (error) {
              if (!(error instanceof RegistryError)) throw error;
            }
          };
          // Half one after the other, half side by side.
          for (const wanted of reads.slice(0, reads.length >> 1)) await one(wanted);
          await Promise.all(reads.slice(reads.length >> 1).map(one));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps pieces as a file with holes would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 60 })), { maxLength: 40 }), (reads) => {
        const cache = new RangeCache(200);
        for (const [start, length] of reads) {
          const end = start + length;
          for (const gap of cache.missing(start, end)) cache.add(gap.start, content.subarray(gap.start, gap.end));
          if (length > 200) continue;
          const out = Buffer.alloc(length);
          const held = cache.missing(start, end);
          cache.copy(start, out);
          const holes = held.reduce((sum, gap) => sum + gap.end - gap.start, 0);
          if (holes === 0) expect(out.equals(content.subarray(start, end))).toBe(true);
        }
      }),
    );
  });
});

describe('answers of registries', () => {
  it('are facts or an error of the registry, whatever their shape', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            name: fc.oneof(fc.string(), fc.jsonValue()),
            cardData: fc.jsonValue(),
            tags: fc.jsonValue(),
            sha: fc.jsonValue(),
            gated: fc.jsonValue(),
          }),
        ),
        (value) => {
          try {
            const facts = repositoryFacts('model', value, 'u');
            expect(facts.tags.every((tag) => typeof tag === 'string')).toBe(true);
          } catch (error) {
            if (!(error instanceof RegistryError)) throw error;
          }
        },
      ),
    );
  });

  it('name no file outside of the repository', () => {
    for (const path of ['../x', '/etc/passwd', 'a/../b', 'a//b', '', './a', 'a\0b', 7, null])
      expect(treeFile({ type: 'file', path, size: 1 }), String(path)).toBeUndefined();
    for (const size of [-1, 1.5, '1', 2 ** 60, Number.NaN]) expect(treeFile({ type: 'file', path: 'a', size })).toBeUndefined();
    expect(treeFile({ type: 'file', path: 'a/b', size: 1, lfs: { oid: 'no', size: 9 } })).toEqual({ path: 'a/b', size: 9 });
    for (const name of ['a/../b', '..', 'a b/c', '/a', 'a/b/c', 'a--b/c', '']) expect(isHubName(name), name).toBe(false);
    for (const name of ['gpt2', 'acme/model.v1-2_x']) expect(isHubName(name), name).toBe(true);
  });

  it('of an archive are files or an error of the format, whatever the bytes', async () => {
    const good = tar('top', { 'a.txt': 'hello', 'dir/b.txt': 'x'.repeat(1000), [`${'d/'.repeat(60)}c`]: 'long' });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(good.length),
        async (edits, cut) => {
          const bytes = Buffer.from(good.subarray(0, good.length - (cut % 3 === 0 ? cut : 0)));
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          const packed = gzipSync(bytes);
          expect(gunzipSync(packed).equals(bytes)).toBe(true);
          async function* stream(): AsyncGenerator<Uint8Array> {
            for (let at = 0; at < packed.length; at += 97) yield await Promise.resolve(packed.subarray(at, at + 97));
          }
          try {
            const { entries } = await (await tarballSource(stream(), { name: 'x', type: 'github' })).list();
            for (const { path } of entries) expect(path).not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)/);
          } catch (error) {
            if (!(error instanceof ParseError)) throw error;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('targets', () => {
  it('are what their key says, and nothing else is a target', () => {
    for (const text of ['hf://acme/m', 'hf://gpt2', 'hf://datasets/acme/d@v1', 'hf://spaces/acme/s', 'github:acme/app@main'])
      expect(keyOf(targetOfKey(text))).toBe(text);
    expect(keyOf(targetOfKey('hf:acme/m@main'))).toBe('hf://acme/m@main');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `hf://${text}`),
          fc.string().map((text) => `github:${text}`),
        ),
        (text) => {
          try {
            const target = parseTarget(text);
            if (target.kind === 'hub' || target.kind === 'github') expect(targetOfKey(keyOf(target))).toEqual(target);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
    );
  });
});

describe('names of owners', () => {
  const owners = loadKnowledge().get(hubOwnersSection);
  it.each([
    'rnicrosoft',
    'micros0ft',
    'meta-Ilama',
    'metallama',
    'mistraIai',
    'mistrallai',
    'stabilitiai',
    'deepseek_ai',
    'goog1e',
    'oenai-community',
  ])('%s reads like a known one', (name) => {
    expect(owners.twinOf(name)).toBeDefined();
  });
  it.each([
    'microsoft',
    'Meta-Llama',
    'somebody',
    'acme',
    'TheBloke',
    'bartowski',
    'mradermacher',
    'lmstudio-community',
    'ggml-org',
    'OpenGVLab',
    'timm',
    'Helsinki-NLP',
    'answerdotai',
    'state-spaces',
    'nvidia',
  ])('%s does not', (name) => {
    expect(owners.twinOf(name)).toBeUndefined();
  });
});
