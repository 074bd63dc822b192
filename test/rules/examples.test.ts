import { describe, expect, it } from 'vitest';
import { driftObservations } from '../../src/audit/drift/index.ts';
import type { DriftInput } from '../../src/audit/drift/change.ts';
import type { Observation } from '../../src/core/observation.ts';
import { findingsSection, type ExampleTree } from '../../src/knowledge/findings.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { renderMessage } from '../../src/knowledge/message.ts';
import type { IntegrityResult } from '../../src/core/report.ts';
import { findTrust } from '../../src/policy/find.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';

const knowledge = loadKnowledge();
const texts = knowledge.get(findingsSection);
const NOW = new Date('2026-11-25T12:00:00Z');

/** `{{alnum:52}}`: letters and digits that look like a key, so that no file of ours holds one. */
function secret(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let state = 20_261_125;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return letters.charAt(state % letters.length);
  }).join('');
}

const bytesOf = (content: ExampleTree[string]): Uint8Array =>
  typeof content === 'string'
    ? new TextEncoder().encode(content.replaceAll(/\{\{alnum:(\d+)\}\}/g, (_, length: string) => secret(Number(length))))
    : new Uint8Array(Buffer.from(content.base64, 'base64'));

/** What a registry would say: two snapshots of a repository, or observations of its page. The trees hold nothing else then. */
function registryOf(tree: ExampleTree): readonly Observation[] | undefined {
  const read = (path: string): unknown => (typeof tree[path] === 'string' ? JSON.parse(tree[path]) : undefined);
  const after = read('after.json');
  if (after !== undefined) {
    const input = { before: read('before.json'), after, descends: (after as { descends?: boolean }).descends } as DriftInput;
    return driftObservations(input, 'after.json').map((change) => ({ ...change, location: { path: 'after.json' } }));
  }
  const told = read('hub.json') as { type: string; facts: Observation['facts'] }[] | undefined;
  return told?.map(({ type, facts }) => ({ type, facts, location: { path: 'hub.json' }, crawler: 'registry', confidence: 'high' }));
}

async function scanTree(tree: ExampleTree) {
  const files = Object.fromEntries(Object.entries(tree).map(([path, content]) => [path, bytesOf(content)]));
  const source = memorySource(files);
  const configuration = tree['assay.yaml'];
  const policy = typeof configuration === 'string' ? { policy: parsePolicy(configuration, 'assay.yaml', texts.has) } : undefined;
  const engine = inlineEngine({ source, knowledge, hash: true, now: Date.now });
  const told = registryOf(tree);
  // What a verification said where no tree can hold it: keyless signatures need a live Sigstore, certificates their year.
  const integrity = typeof tree['integrity.json'] === 'string' ? (JSON.parse(tree['integrity.json']) as IntegrityResult[]) : undefined;
  const trust = policy ? await findTrust(source, policy.policy) : [];
  return scan({ source, knowledge, engine, now: NOW, ...(policy ? { policy } : {}), trust, ...(told || integrity ? { registry: { discovery: { observations: told ?? [] }, integrity: integrity ?? [] } } : {}) });
}

const cases = texts.ids.flatMap((id) => {
  const { bad, good } = texts.get(id).examples;
  return [
    ...bad.map((tree, index) => ({ id, kind: 'bad', index, tree })),
    ...good.map((tree, index) => ({ id, kind: 'good', index, tree })),
  ];
});

describe('examples of the rules, through the whole scan', () => {
  it.each(cases)('$id: $kind $index', async ({ id, kind, tree }) => {
    const report = await scanTree(tree);
    const found = report.findings.filter((finding) => finding.ruleId === id);
    expect(found.length > 0, JSON.stringify(report.findings.map((finding) => finding.ruleId))).toBe(kind === 'bad');
    for (const finding of report.findings) {
      // Evidence, a sentence without holes, and no secret in it.
      expect(Object.keys(tree)).toContain(finding.location.path.split('!')[0]);
      const message = renderMessage(texts.get(finding.ruleId).message, finding.args);
      expect(message).not.toMatch(/undefined|\{|\}|\[\[|\s{2}|\( ?\)| ,|: *$/);
      expect(JSON.stringify(report)).not.toContain(secret(36));
    }
  });
});
