import { UserError } from '../core/errors.ts';
import { HUB_TYPES, isHubName, type HubType } from '../registries/huggingface.ts';

export interface HubTarget {
  readonly kind: 'hub';
  readonly type: HubType;
  readonly name: string;
  /** Branch, tag or commit; the default branch where absent. */
  readonly revision?: string;
}

export interface GitHubTarget {
  readonly kind: 'github';
  readonly name: string;
  readonly revision?: string;
}

/** One repository: what a job audits. */
export type Target = HubTarget | GitHubTarget;

/** What a user names: a repository, everything of an owner, or everything that a BOM names. */
export type TargetSpec =
  | Target
  | { readonly kind: 'hub-owner'; readonly owner: string }
  | { readonly kind: 'github-owner'; readonly owner: string }
  | { readonly kind: 'bom'; readonly path: string };

/** Branches and tags as git allows them, without what a URL or path could do with dots. */
const REVISION = /^(?!.*\.\.)[\w][\w./+-]{0,200}$/;
const GITHUB_OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/;
const GITHUB_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/;

function split(text: string, spec: string): { readonly name: string; readonly revision?: string } {
  const at = text.indexOf('@');
  if (at < 0) return { name: text };
  const revision = text.slice(at + 1);
  if (!REVISION.test(revision)) throw new UserError(`${spec}: ${JSON.stringify(revision)} is no revision`);
  return { name: text.slice(0, at), revision };
}

function hub(rest: string, spec: string): HubTarget {
  const { name: path, revision } = split(rest, spec);
  const type = HUB_TYPES.find((kind) => path.startsWith(`${kind}s/`)) ?? 'model';
  const name = path.startsWith(`${type}s/`) ? path.slice(type.length + 2) : path;
  if (!isHubName(name)) throw new UserError(`${spec}: write it as hf://owner/name, hf://datasets/owner/name or hf://spaces/owner/name`);
  return { kind: 'hub', type, name, ...(revision === undefined ? {} : { revision }) };
}

/** @throws UserError with the forms that are known. */
export function parseTarget(spec: string): TargetSpec {
  if (spec.startsWith('hf://')) return hub(spec.slice('hf://'.length), spec);
  if (spec.startsWith('hf:')) {
    const rest = spec.slice('hf:'.length);
    if (rest.includes('/')) return hub(rest, spec);
    if (!isHubName(rest)) throw new UserError(`${spec}: ${JSON.stringify(rest)} is no owner`);
    return { kind: 'hub-owner', owner: rest };
  }
  if (spec.startsWith('github:')) {
    const { name, revision } = split(spec.slice('github:'.length).replace(/^\/\//, ''), spec);
    if (GITHUB_OWNER.test(name) && revision === undefined) return { kind: 'github-owner', owner: name };
    if (!GITHUB_NAME.test(name)) throw new UserError(`${spec}: write it as github:owner or github:owner/name[@ref]`);
    return { kind: 'github', name, ...(revision === undefined ? {} : { revision }) };
  }
  if (spec.startsWith('bom:') && spec.length > 4) return { kind: 'bom', path: spec.slice(4) };
  throw new UserError(
    `${JSON.stringify(spec)} is no target of an audit: hf:owner, hf://owner/name[@rev], github:owner, github:owner/name[@ref] or bom:file`,
  );
}

/** The one spelling of a target: key of its state. */
export function keyOf(target: Target): string {
  const revision = target.revision === undefined ? '' : `@${target.revision}`;
  if (target.kind === 'github') return `github:${target.name}${revision}`;
  return `hf://${target.type === 'model' ? '' : `${target.type}s/`}${target.name}${revision}`;
}

/** @throws UserError */
export function targetOfKey(key: string): Target {
  const target = parseTarget(key);
  if (target.kind !== 'hub' && target.kind !== 'github') throw new UserError(`${key} is no repository`);
  return target;
}
