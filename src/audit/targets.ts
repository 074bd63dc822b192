import { UserError } from '../core/errors.ts';
import { nameOf, parseOci, parseOllama, printReference, type OciReference } from '../registries/oci/reference.ts';
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

/** A model in a registry that speaks the OCI distribution API, or in Ollama's. */
export interface OciTarget {
  readonly kind: 'oci' | 'ollama';
  /** Without tag and digest. */
  readonly name: string;
  readonly reference: OciReference;
}

/** One repository: what a job audits. */
export type Target = HubTarget | GitHubTarget | OciTarget;

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

export const ociTarget = (reference: OciReference): OciTarget => ({ kind: reference.kind, name: nameOf(reference), reference });

function oci(kind: OciTarget['kind'], spec: string): OciTarget {
  const text = spec.slice(kind.length + 1).replace(/^\/\//, '');
  const reference = kind === 'ollama' ? parseOllama(text) : parseOci(text);
  if (!reference)
    throw new UserError(
      `${spec}: write it as ${kind === 'ollama' ? 'ollama:model[:tag] or ollama:owner/model[:tag]' : 'oci:host/repository[:tag]'}, with @sha256:… to pin it`,
    );
  return ociTarget(reference);
}

/** Every form of one repository. */
export const FORMS =
  'hf:owner, hf://owner/name[@rev], github:owner, github:owner/name[@ref], ollama:model[:tag], oci:host/name[:tag] or bom:file';

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
  for (const kind of ['ollama', 'oci'] as const) if (spec.startsWith(`${kind}:`)) return oci(kind, spec);
  if (spec.startsWith('bom:') && spec.length > 4) return { kind: 'bom', path: spec.slice(4) };
  throw new UserError(`${JSON.stringify(spec)} is no target of an audit: ${FORMS}`);
}

export const isOci = (target: Target): target is OciTarget => target.kind === 'oci' || target.kind === 'ollama';

/** The one spelling of a target: key of its state. */
export function keyOf(target: Target): string {
  if (isOci(target)) return printReference(target.reference);
  const revision = target.revision === undefined ? '' : `@${target.revision}`;
  if (target.kind === 'github') return `github:${target.name}${revision}`;
  return `hf://${target.type === 'model' ? '' : `${target.type}s/`}${target.name}${revision}`;
}

/** Whether it is one repository, and not an owner or a file that names many. */
export const isTarget = (spec: TargetSpec): spec is Target => !['hub-owner', 'github-owner', 'bom'].includes(spec.kind);

/** @throws UserError */
export function targetOfKey(key: string): Target {
  const target = parseTarget(key);
  if (!isTarget(target)) throw new UserError(`${key} is no repository`);
  return target;
}
