import { MAX_REQUIREMENTS } from '../limits.ts';
import type { LockedPackage, ManifestValue, Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, textOf, type TreeNode } from '../text/tree.ts';
import { lineCounter } from '../text/lines.ts';
import { readToml } from '../text/toml.ts';

/** Comments become blanks, so that lines keep their numbers. Strings are left alone. */
export function withoutComments(source: string): string {
  return source.replaceAll(
    /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g,
    (match) => (match.startsWith('//') || match.startsWith('/*') ? match.replaceAll(/[^\n]/g, ' ') : match),
  );
}

/** `implementation`, `testImplementation`, `debugApi`, `commonMainImplementation`, `kapt` … */
const CONFIGURATION =
  /^(?:\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly(?:Api)?|[rR]untimeOnly|[cC]ompile|[rR]untime|[pP]rovided|[aA]nnotationProcessor)|kapt\w*|ksp\w*|classpath|developmentOnly|shadow|include|modImplementation|bundle|embed)$/;

function scopeOf(configuration: string): Scope {
  if (/^(?:test|androidTest|integrationTest)|Test(?:Implementation|Api|Compile|Runtime)|developmentOnly/.test(configuration))
    return 'development';
  if (/annotationProcessor|AnnotationProcessor|^kapt|^ksp|classpath|[cC]ompileOnly|[pP]rovided/.test(configuration)) return 'build';
  return 'runtime';
}

const PART = /^[\w.-]+$/;
const CALL = /\b([A-Za-z]\w*)[ \t]*(\(?)[ \t\n]*/g;
const STRING = /^(?:\(\s*)?(["'])((?:\\.|(?!\1)[^\\\n])*)\1/;
const MAP =
  /^\(?\s*(?:\[\s*)?group\s*[:=]\s*["']([^"'\n]+)["']\s*,\s*name\s*[:=]\s*["']([^"'\n]+)["'](?:\s*,\s*version\s*[:=]\s*(?:["']([^"'\n]+)["']|([\w.]+)))?/;
const CATALOG = /^\(?\s*((?:libs|\w+Libs)\.[A-Za-z][\w.]*)/;
const ADD = /^\(?\s*["'](\w+)["']\s*,\s*/;
const WRAPPED =
  /^\(?\s*(?:enforcedPlatform|platform|project|files|fileTree|kotlin|gradleApi|localGroovy|npm|testFixtures|dependencies\.\w+|variantOf)\b/;

function requirementAt(configuration: string, rest: string, line: number): Requirement | undefined {
  const base = { ecosystem: 'maven' as const, line, scope: scopeOf(configuration) };
  const map = MAP.exec(rest);
  if (map) {
    const range = map[3] ?? (map[4] ? `$${map[4]}` : undefined);
    return { ...base, name: `${map[1] as string}/${map[2] as string}`, ...(range ? { range } : {}) };
  }
  const catalog = CATALOG.exec(rest)?.[1];
  if (catalog) return { ...base, name: catalog, from: `catalog:${catalog.replace(/\.get$/, '')}` };
  const string = STRING.exec(rest);
  if (!string) return undefined;
  const [group, artifact, version] = (string[2] as string).replace(/@\w+$/, '').split(':');
  if (!group || !artifact || !PART.test(group) || !PART.test(artifact)) return undefined;
  // "group:artifact:" + version
  const added =
    version === '' || version === undefined ? /^\s{0,20}\+\s{0,20}([\w.]{1,100})/.exec(rest.slice(string[0].length))?.[1] : undefined;
  const range = added ? `$${added}` : version;
  return { ...base, name: `${group}/${artifact}`, ...(range ? { range } : {}) };
}

/** Arguments of one call: Groovy takes several strings. */
function requirementsAt(configuration: string, rest: string, offset: number, lineOf: (offset: number) => number): Requirement[] {
  const found: Requirement[] = [];
  let left = rest;
  for (let position = offset; ; position = offset + rest.length - left.length) {
    const requirement = requirementAt(configuration, left, lineOf(position + left.search(/\S/)));
    if (requirement) found.push(requirement);
    const next = /^\(?\s{0,20}(["'])[^"'\n]{0,300}\1\s{0,20},(?=\s{0,80}["'])/.exec(left)?.[0];
    if (!next) return found;
    left = left.slice(next.length).trimStart();
  }
}

/** Names that a version may be kept in: `ext { x = "1" }`, `val x = "1"`, `set('x', "1")`, `x=1` of gradle.properties. */
function valuesOf(source: string): [string, string][] {
  const values: [string, string][] = [];
  for (const match of source.matchAll(
    /(?<![\w.])([A-Za-z][\w.]{0,100})(?:["']\])?\s{0,20}(?:by\s{1,5}extra\s{0,5}\(\s{0,5}|=\s{0,20})["']([^"'\n$]{1,100})["']/g,
  ))
    values.push([match[1] as string, match[2] as string]);
  for (const match of source.matchAll(/\bset\s{0,5}\(\s{0,5}["']([\w.-]{1,100})["']\s{0,5},\s{0,5}["']([^"'\n]{1,100})["']/g))
    values.push([match[1] as string, match[2] as string]);
  // Groovy maps: versions = [springAi: '1.0.0']
  for (const match of source.matchAll(/\b([A-Za-z]\w{0,100})\s{0,5}:\s{0,5}["']([0-9][^"'\n]{0,100})["']/g))
    values.push([match[1] as string, match[2] as string]);
  return values.slice(0, 5000);
}

/** build.gradle and build.gradle.kts, as text: nothing is evaluated. */
export const gradleReader: ManifestReader = {
  id: 'gradle',
  matches: (_path, name) => /\.gradle(?:\.kts)?$/.test(name) || /^(?:Versions|Dependencies|Deps|Libs)\.kt$/.test(name),
  read: (text, path) => {
    const source = withoutComments(text);
    const lineOf = lineCounter(source);
    const requirements: Requirement[] = [];
    if (!path.endsWith('.kt')) {
      for (const match of source.matchAll(CALL)) {
        if (requirements.length >= MAX_REQUIREMENTS) break;
        const end = match.index + match[0].length - (match[2] === '(' ? match[0].length - match[0].indexOf('(') : 0);
        let configuration = match[1] as string;
        let rest = source.slice(end, end + 400);
        if (configuration === 'add') {
          const added = ADD.exec(rest);
          if (!added) continue;
          configuration = added[1] as string;
          rest = rest.slice(added[0].length);
        }
        if (!CONFIGURATION.test(configuration) || WRAPPED.test(rest)) continue;
        requirements.push(...requirementsAt(configuration, rest, end, lineOf));
      }
    }
    return { reader: 'gradle', requirements, values: valuesOf(source) };
  },
};

export const gradlePropertiesReader: ManifestReader = {
  id: 'gradle-properties',
  matches: (_path, name) => name === 'gradle.properties',
  read: (text) => ({
    reader: 'gradle-properties',
    values: text.split(/\r?\n/).flatMap((row): [string, string][] => {
      const pair = /^\s*([\w.-]+)\s*[=:]\s*(\S.{0,100})$/.exec(row);
      return pair && !row.trimStart().startsWith('#') ? [[pair[1] as string, (pair[2] as string).trim()]] : [];
    }),
  }),
};

const versionOf = (node: TreeNode | undefined): string | undefined =>
  textOf(node) ?? textOf(at(node, 'strictly')) ?? textOf(at(node, 'require')) ?? textOf(at(node, 'prefer'));

/** gradle/libs.versions.toml: alias → coordinates. https://docs.gradle.org/current/userguide/version_catalogs.html */
export const versionCatalogReader: ManifestReader = {
  id: 'version-catalog',
  matches: (_path, name) => name.endsWith('.versions.toml'),
  read: (text, path) => {
    const root = readToml(text);
    const prefix = (path.split('/').at(-1) as string).replace('.versions.toml', '');
    const values: ManifestValue[] = [];
    const accessor = (alias: string): string => `catalog:${prefix}.${alias.replaceAll(/[-_]/g, '.')}`;
    for (const [alias, node] of entriesOf(at(root, 'libraries'))) {
      const written = textOf(node)?.split(':');
      const module = textOf(at(node, 'module'))?.split(':') ?? [textOf(at(node, 'group')) ?? '', textOf(at(node, 'name')) ?? ''];
      const reference = textOf(at(node, 'version', 'ref'));
      const version = written?.[2] ?? (reference ? versionOf(at(root, 'versions', reference)) : versionOf(at(node, 'version')));
      const [group, name] = written ?? module;
      if (group && name) values.push([accessor(alias), `${group}:${name}:${version ?? ''}`, node.line]);
    }
    for (const [alias, node] of entriesOf(at(root, 'bundles'))) {
      const members = Array.isArray(node.value) ? (node.value as readonly TreeNode[]).map((item) => textOf(item) ?? '') : [];
      values.push([`catalog:${prefix}.bundles.${alias.replaceAll(/[-_]/g, '.')}`, members.map(accessor).join('\0')]);
    }
    return { reader: 'version-catalog', values };
  },
};

export const gradleLockReader: ManifestReader = {
  id: 'gradle-lock',
  matches: (_path, name) => name === 'gradle.lockfile' || name === 'buildscript-gradle.lockfile',
  large: true,
  read: (text) => ({
    reader: 'gradle-lock',
    locked: text.split('\n').flatMap((row, index): LockedPackage[] => {
      const found = /^([\w.-]+):([\w.-]+):([^=\s]+)=/.exec(row);
      return found
        ? [{ ecosystem: 'maven', name: `${found[1] as string}/${found[2] as string}`, version: found[3] as string, line: index + 1 }]
        : [];
    }),
  }),
};
