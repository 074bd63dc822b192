import { parse } from 'yaml';
import type { RuleFile } from './section.ts';

/** Parses one rule file; throws with its name on anything that is not YAML, or is missing. */
export function yamlFile<T>(files: readonly RuleFile[], path: string): T {
  const file = files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`rules/${path} is missing`);
  try {
    return parse(file.text, { schema: 'core' }) as T;
  } catch (error) {
    throw new Error(`rules/${path}: ${(error as Error).message}`, { cause: error });
  }
}
