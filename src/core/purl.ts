import { normalizePypiName, type Component, type Ecosystem } from './component.ts';

/**
 * Package URLs (ECMA-427). An own encoder, because packageurl-js 2.0.1 trims, lower-cases revisions of
 * `huggingface` (which branches and tags do not survive) and throws on hostile names.
 */
export interface PackageUrl {
  readonly type: string;
  /** Segments are separated by `/`. */
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
}

/** ECMA-427, 5.5: everything but unreserved characters and `:` is percent-encoded. A lone surrogate cannot be. */
const encode = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');

export function formatPurl(purl: PackageUrl): string {
  const namespace = (purl.namespace ?? '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => `${encode(segment)}/`)
    .join('');
  const version = purl.version ? `@${encode(purl.version)}` : '';
  const qualifiers = Object.entries(purl.qualifiers ?? {})
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return `pkg:${purl.type}/${namespace}${encode(purl.name)}${version}${qualifiers.length > 0 ? `?${qualifiers.join('&')}` : ''}`;
}

/** `a/b/c` → namespace `a/b`, name `c`. */
function splitLast(path: string, separator = '/'): { readonly namespace?: string; readonly name: string } {
  const at = path.lastIndexOf(separator);
  return at <= 0 || at === path.length - 1 ? { name: path } : { namespace: path.slice(0, at), name: path.slice(at + 1) };
}

/** Group (scope, groupId, module path) and name of a package as its ecosystem splits them. */
export function packageName(ecosystem: Ecosystem, name: string): { readonly namespace?: string; readonly name: string } {
  switch (ecosystem) {
    case 'pypi':
      return { name: normalizePypiName(name) };
    case 'npm':
      return splitLast(name.toLowerCase());
    case 'maven':
      return name.includes(':') ? splitLast(name, ':') : splitLast(name);
    case 'composer':
      return splitLast(name.toLowerCase());
    case 'pub':
      return { name: name.toLowerCase().replaceAll('-', '_') };
    case 'golang':
    case 'swift':
      return splitLast(name);
    case 'nuget':
    case 'cargo':
    case 'gem':
    case 'conda':
    case 'cocoapods':
    case 'cran':
      return { name };
  }
}

/** `owner/name` or the canonical `name` of a hub repository; anything else is no hub id. */
const HUB_ID = /^\w[\w.-]*(?:\/\w[\w.-]*)?$/;

export function huggingFacePurl(id: string, revision?: string): string | undefined {
  if (!HUB_ID.test(id)) return undefined;
  return formatPurl({ type: 'huggingface', ...splitLast(id), ...(revision === undefined ? {} : { version: revision }) });
}

/**
 * An artifact of a registry: the type's version is the digest, its name the last part in lower case, its place a
 * qualifier (https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md).
 */
export function ociPurl(name: string, digest?: string): string | undefined {
  if (!/^[\w.:[\]/-]+\/[\w./-]+$/.test(name)) return undefined;
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return formatPurl({
    type: 'oci',
    name: last,
    ...(digest === undefined ? {} : { version: digest }),
    qualifiers: { repository_url: name },
  });
}

/** A first segment with a dot, a port or `localhost` is a registry host (the rule of the reference grammar of image names). */
export function imagePurl(image: string, version?: string): string | undefined {
  if (!/^[\w.:/-]+$/.test(image)) return undefined;
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const registry = /[.:]/.test(first) || first === 'localhost' ? first : undefined;
  const path = registry === undefined ? image : image.slice(slash + 1);
  if (path === '' || path.includes(':')) return undefined;
  return formatPurl({
    type: 'docker',
    ...splitLast(path),
    ...(version === undefined ? {} : { version }),
    ...(registry === undefined || registry === 'docker.io' ? {} : { qualifiers: { repository_url: registry } }),
  });
}

/** The package URL of a component, or `undefined` where no purl type says what it is. */
export function purlOf(component: Component): string | undefined {
  switch (component.kind) {
    case 'library':
      return formatPurl({
        type: component.ecosystem,
        ...packageName(component.ecosystem, component.name),
        ...(component.version === undefined ? {} : { version: component.version }),
      });
    case 'model':
      if (component.origin === 'oci') return ociPurl(component.name, component.revision);
      return component.origin === 'huggingface' && !component.unresolved ? huggingFacePurl(component.name, component.revision) : undefined;
    case 'infra':
      return component.category === 'image' ? imagePurl(component.name, component.digest ?? component.version) : undefined;
    case 'mcp-server': {
      const { package: pkg } = component;
      if (pkg === undefined) return undefined;
      if (pkg.ecosystem === 'docker') return imagePurl(pkg.name, pkg.version);
      return formatPurl({
        type: pkg.ecosystem,
        ...packageName(pkg.ecosystem, pkg.name),
        ...(pkg.version === undefined ? {} : { version: pkg.version }),
      });
    }
    case 'artifact':
    case 'dataset':
    case 'service':
    case 'vector-store':
    case 'agent':
    case 'prompt':
      return undefined;
  }
}
