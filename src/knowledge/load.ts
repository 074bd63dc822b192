import { readFileSync } from 'node:fs';
import { detectSection } from './detect.ts';
import type { DetectAsset, DetectRule } from './detect/shapes.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';

/**
 * Assets lie beside the bundle (`dist/knowledge/`); from source (tests) they are found in the
 * checkout's `dist/`.
 */
const PLACES = [new URL('./knowledge/', import.meta.url), new URL('../../dist/knowledge/', import.meta.url)];

function readAsset(id: string): unknown {
  for (const place of PLACES) {
    try {
      return JSON.parse(readFileSync(new URL(`${id}.json`, place), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`knowledge asset ${id}.json is missing: run "npm run build"`);
}

let shared: Knowledge | undefined;

/** The knowledge base that ships with the package. Loaded once per process. */
export const loadKnowledge = (): Knowledge => (shared ??= createKnowledge(readAsset));

/** The same with detection rules of a user's own before those that ship: the first rule that matches decides. */
export function loadKnowledgeWith(rules: readonly DetectRule[]): Knowledge {
  if (rules.length === 0) return loadKnowledge();
  return createKnowledge((id) => {
    const asset = readAsset(id);
    return id === detectSection.id ? { ...(asset as DetectAsset), rules: [...rules, ...(asset as DetectAsset).rules] } : asset;
  });
}
