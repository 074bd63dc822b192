import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
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

/** Build step: writes `<outDir>/<section>.json` for every section. */
export function compileKnowledge(rulesDir: string, outDir: string): void {
  mkdirSync(outDir, { recursive: true });
  for (const section of sections) writeFileSync(join(outDir, `${section.id}.json`), JSON.stringify(compileSection(section, rulesDir)));
}
