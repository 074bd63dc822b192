import type { FileFacts } from '../crawler.ts';
import { parseExpression, type Ast } from './expression.ts';
import type { Attribute, Block, TerraformFile } from './blocks.ts';

/** An expression with the place whose names it uses. */
export interface Bound {
  readonly ast: Ast;
  readonly module: Module;
  readonly path: string;
  /** `each`, iterators of dynamic blocks, names of `for`. */
  readonly names: ReadonlyMap<string, readonly Value[]>;
}

/** What an expression may be. */
export type Value =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly path: string;
      readonly line: number;
      /** Every part is known. */
      readonly exact: boolean;
    }
  | { readonly kind: 'object'; readonly entries: readonly { readonly key: string; readonly value: Bound }[] }
  | { readonly kind: 'list'; readonly items: readonly Bound[] };

/** A block and the file that it stands in. */
export interface Placed {
  readonly block: Block;
  readonly path: string;
}

/** The files of one folder: Terraform reads them as one. */
export interface Module {
  readonly folder: string;
  readonly blocks: readonly Placed[];
  /** What a variable may be given: its default, `.tfvars` files, calls of the module. */
  readonly variables: ReadonlyMap<string, readonly Bound[]>;
  readonly locals: ReadonlyMap<string, Bound>;
  readonly outputs: ReadonlyMap<string, Bound>;
  /** The folder that a call leads to, where the tree has it. */
  readonly calls: ReadonlyMap<string, Module>;
  /** `type.name` of resources, `data.type.name` of data sources. */
  readonly resources: ReadonlyMap<string, Placed>;
}

interface Draft {
  readonly folder: string;
  readonly blocks: Placed[];
  readonly variables: Map<string, Bound[]>;
  readonly locals: Map<string, Bound>;
  readonly outputs: Map<string, Bound>;
  readonly calls: Map<string, Draft>;
  readonly resources: Map<string, Placed>;
}

const NO_NAMES: ReadonlyMap<string, readonly Value[]> = new Map();
/** Callers of one module whose arguments are followed. */
const MAX_GIVEN = 24;
/** Arguments of a `module` block that are Terraform's own. */
export const META_ARGUMENTS: ReadonlySet<string> = new Set(['source', 'version', 'providers', 'for_each', 'count', 'depends_on']);

export const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

export const bind = (
  attribute: Attribute,
  module: Module,
  path: string,
  names: ReadonlyMap<string, readonly Value[]> = NO_NAMES,
): Bound => ({
  ast: parseExpression(attribute.text, attribute.line),
  module,
  path,
  names,
});

const own = (block: Block, name: string): Attribute | undefined =>
  block.attributes.find(({ path }) => path.length === 1 && path[0] === name);
export const attributeOf = own;

function joinPath(folder: string, relative: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Folder of the tree that a module's source means: a relative path, or the path inside a repository that is this one. */
function sourceFolder(folder: string, source: string, folders: ReadonlyMap<string, unknown>): string | undefined {
  if (/^\.{1,2}(?:\/|$)/.test(source)) return joinPath(folder, source.replace('//', '/'));
  const plain = source.split('?')[0] ?? '';
  const inside = plain.slice(Math.max(plain.lastIndexOf('//'), plain.lastIndexOf('}')) + 1).replaceAll(/^\/+|\/+$/g, '');
  if (!inside.includes('/')) return undefined;
  const found = [...folders.keys()].filter((name) => name === inside || name.endsWith(`/${inside}`));
  return found.length === 1 ? found[0] : undefined;
}

/** Joins the files of a tree: folders are modules, calls give variables their values. */
export function indexModules(files: readonly FileFacts<TerraformFile>[]): readonly Module[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (folder: string): Draft => {
    let draft = drafts.get(folder);
    if (!draft)
      drafts.set(
        folder,
        (draft = {
          folder,
          blocks: [],
          variables: new Map(),
          locals: new Map(),
          outputs: new Map(),
          calls: new Map(),
          resources: new Map(),
        }),
      );
    return draft;
  };
  for (const { path, facts } of files) for (const block of facts.blocks) declare(draftOf(folderOf(path)), block, path);
  const terragrunt = files.filter(({ path }) => path.endsWith('.hcl'));
  for (const { path } of terragrunt) draftOf(folderOf(path));
  for (const file of terragrunt) passInputs(drafts, terragrunt, file);
  for (const { path, facts } of files)
    if (/\.tfvars(?:\.|$)/.test(path)) assignVariables(drafts, path, facts.assigned, draftOf(folderOf(path)));
  for (const draft of drafts.values()) for (const placed of draft.blocks) if (placed.block.type === 'module') call(drafts, draft, placed);
  return [...drafts.values()];
}

function declare(draft: Draft, block: Block, path: string): void {
  draft.blocks.push({ block, path });
  const [first = '', second = ''] = block.labels;
  if (block.type === 'variable') {
    const fallback = own(block, 'default');
    draft.variables.set(first, [...(draft.variables.get(first) ?? []), ...(fallback ? [bind(fallback, draft, path)] : [])]);
  } else if (block.type === 'locals') {
    for (const attribute of block.attributes)
      if (attribute.path.length === 1) draft.locals.set(attribute.path[0] ?? '', bind(attribute, draft, path));
  } else if (block.type === 'output') {
    const value = own(block, 'value');
    if (value) draft.outputs.set(first, bind(value, draft, path));
  } else if (block.type === 'resource') draft.resources.set(`${first}.${second}`, { block, path });
  else if (block.type === 'data') draft.resources.set(`data.${first}.${second}`, { block, path });
}

/** The file's folder and those above it. */
function foldersUp(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.keys(), parts.length].reverse().map((count) => parts.slice(0, count).join('/'));
}

function give(to: Draft, name: string, value: Bound): void {
  const given = to.variables.get(name) ?? [];
  if (given.length < MAX_GIVEN) to.variables.set(name, [...given, value]);
}

/** `envs/prod.tfvars` sets variables of the nearest folder above it that declares them, else of the only one that does. */
function assignVariables(drafts: ReadonlyMap<string, Draft>, path: string, assigned: readonly Attribute[], home: Draft): void {
  for (const attribute of assigned) {
    const name = attribute.path[0] ?? '';
    const target = foldersUp(path)
      .map((folder) => drafts.get(folder))
      .find((draft) => draft?.variables.has(name));
    const declaring = target ? [target] : [...drafts.values()].filter((draft) => draft.variables.has(name));
    const [only] = declaring;
    if (only && declaring.length === 1) give(only, name, bind(attribute, home, path));
  }
}

function call(drafts: ReadonlyMap<string, Draft>, from: Draft, { block, path }: Placed): void {
  const source = own(block, 'source');
  const text = source ? parseExpression(source.text, source.line) : undefined;
  const folder = sourceFolder(from.folder, text?.kind === 'text' ? text.text : (source?.text.replaceAll('"', '') ?? ''), drafts);
  const target = folder === undefined || folder === from.folder ? undefined : drafts.get(folder);
  if (!target) return;
  from.calls.set(block.labels[0] ?? '', target);
  const each = own(block, 'for_each');
  for (const attribute of block.attributes) {
    const [name = ''] = attribute.path;
    if (attribute.path.length === 1 && !META_ARGUMENTS.has(name))
      give(target, name, bindEach(bind(attribute, from, path), each, from, path));
  }
}

/** A binding whose `each` is what the block's `for_each` goes over; evaluated when it is asked for. */
export interface EachBound extends Bound {
  readonly each?: Bound;
}

const bindEach = (bound: Bound, each: Attribute | undefined, module: Module, path: string): EachBound =>
  each ? { ...bound, each: bind(each, module, path) } : bound;

/** Terragrunt: `inputs` of the file, and of those above it that it may include, go to the module that `terraform.source` names. */
function passInputs(
  drafts: ReadonlyMap<string, Draft>,
  files: readonly FileFacts<TerraformFile>[],
  { path, facts }: FileFacts<TerraformFile>,
): void {
  const block = facts.blocks.find(({ type }) => type === 'terraform');
  const source = block && own(block, 'source');
  if (!source) return;
  const folder = sourceFolder(folderOf(path), source.text.replaceAll('"', '').trim(), drafts);
  const target = folder === undefined ? undefined : drafts.get(folder);
  if (!target) return;
  const above = new Set(foldersUp(path).slice(1));
  for (const file of files) {
    if (file.path !== path && !(above.has(folderOf(file.path)) && isRoot(file))) continue;
    const inputs = file.facts.assigned.find((attribute) => attribute.path[0] === 'inputs');
    const home = drafts.get(folderOf(file.path));
    const value = inputs && parseExpression(inputs.text, inputs.line);
    if (!home || value?.kind !== 'object') continue;
    for (const { key, value: ast } of value.entries)
      if (key.kind === 'text') give(target, key.text, { ast, module: home, path: file.path, names: NO_NAMES });
  }
}

/** A Terragrunt file that others include: it names no module of its own. */
const isRoot = ({ path, facts }: FileFacts<TerraformFile>): boolean =>
  path.endsWith('.hcl') && !facts.blocks.some((block) => block.type === 'terraform' && own(block, 'source') !== undefined);
