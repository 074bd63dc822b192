import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';
import { fileOf, folderOf } from './files.ts';

/** Functions to which a program gives the file that it writes. */
export const WRITES =
  /(?:^|[._])(?:to_(?:csv|json|parquet|excel|feather|pickle|file)|write\w*|save\w*|dump\w*|export\w*|create\w*|mkdir\w*|unlink|remove|rename|copy\w*|move|appendFile\w*|WriteFile|WriteAll\w*|FileHandler|log\w*|print\w*|echo|remove_?file|download\w*)$/i;
/** A mode of `open` in which nothing is read. */
const WRITING = /^[wax]/;

const SKILLS = /skills\/?$/;

/** Files of texts and data that programs name by a string, from wherever it stands. */
export function detectMentions(context: Context, units: readonly Unit[]): void {
  const skills = new Skills(context);
  for (const unit of units) {
    if (isTest(unit)) continue;
    const written = writtenLines(unit);
    for (const { value, line, column, role, key, callee } of unit.facts.paths ?? []) {
      if (role === 'compare' || role === 'key' || written.has(line) || (callee !== undefined && WRITES.test(callee))) continue;
      if (SKILLS.test(value)) {
        skills.given(unit, value, line, column);
        continue;
      }
      const file = fileOf(context, value, unit);
      if (file === undefined || (!value.includes('/') && !context.neighbours.together(file, unit.path))) continue;
      context.mentions.push({
        text: file,
        location: placeIn(unit, line, column),
        ...(key !== undefined && { key }),
        ...(callee !== undefined && { callee }),
      });
    }
  }
}

/** A text file of the resources that configuration names: `assistant.system-prompt.resource: classpath:chat/system.txt`. */
const RESOURCE = /^(?:classpath|file|resource):\S+\.(?:txt|md|st|stg?|tmpl|jinja2?|j2|mustache|ftl|hbs)$/;

/** Texts that values of configuration name. */
export function detectConfiguredTexts(context: Context): void {
  for (const { name, value, location } of context.project.settings) {
    if (value.length > 240 || !RESOURCE.test(value)) continue;
    const file = fileOf(context, value, location);
    if (file !== undefined) context.mentions.push({ text: file, location, key: name.split('.').slice(-2).join('.') });
  }
}

/** Skills that a program gives to its own agents, by the folder that it names. Those of a coding agent lie in hidden folders. */
class Skills {
  readonly #context: Context;
  /** Of the skills of the tree, and the folders above them. */
  readonly #folders = new Set<string>();
  readonly #files: readonly string[];

  constructor(context: Context) {
    this.#context = context;
    this.#files = context.project.entries.flatMap(({ path }) => (path.endsWith('/SKILL.md') && !HIDDEN.test(path) ? [path] : []));
    for (const path of this.#files)
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) this.#folders.add(path.slice(0, at));
  }

  given(unit: Unit, value: string, line: number, column: number): void {
    const folder = folderOf(this.#folders, value, unit);
    if (folder === undefined) return;
    for (const name of this.#files) {
      if (!name.startsWith(`${folder}/`)) continue;
      const occurrences = [occurrence(placeIn(unit, line, column), 'skills', 'high')];
      this.#context.components.push({ kind: 'prompt', name, purpose: 'skill', occurrences });
    }
  }
}
const HIDDEN = /(?:^|\/)\.\w/;

/** `open(path, "w")` */
function writtenLines({ facts }: Unit): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { call } of facts.calls) {
    if (call.callee.kind !== 'name' || call.callee.name !== 'open') continue;
    const mode = call.args.find(({ name }) => name === 'mode')?.value ?? call.args[1]?.value;
    if (mode?.kind === 'string' && WRITING.test(mode.value)) lines.add(call.line);
  }
  return lines;
}
