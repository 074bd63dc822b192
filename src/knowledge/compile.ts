import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleFile, Section } from './section.ts';
import { sections } from './sections.ts';

function readSources(rulesDir: string, sources: readonly string[]): RuleFile[] {
  const files: RuleFile[] = [];
  const visit = (path: string): void => {
    const full = join(rulesDir, path);
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) visit(`${path}/${name}`);
    } else files.push({ path, text: readFileSync(full, 'utf8') });
  };
  for (const source of sources) visit(source);
  return files;
}

/** Compiles one section from a rules directory. Throws with file name on what it does not accept. */
export function compileSection<C>(section: Pick<Section<C, unknown>, 'sources' | 'compile'>, rulesDir: string): C {
  return section.compile(readSources(rulesDir, section.sources));
}

/**
 * Build step: writes `<outDir>/<section>.json` for every section. A section that does not compile
 * leaves no asset behind, and all failures are thrown together at the end.
 */
export function compileKnowledge(rulesDir: string, outDir: string): void {
  mkdirSync(outDir, { recursive: true });
  const failures: Error[] = [];
  for (const section of sections) {
    const asset = join(outDir, `${section.id}.json`);
    try {
      writeFileSync(asset, JSON.stringify(compileSection(section, rulesDir)));
    } catch (error) {
      rmSync(asset, { force: true });
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map((error) => error.message).join('\n'));
}
