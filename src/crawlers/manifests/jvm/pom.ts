import { MAX_REQUIREMENTS } from '../limits.ts';
import type { Link, ManifestFacts, ManifestValue, Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { childOf, childrenOf, childText, readXml, type XmlElement } from '../text/xml.ts';

const SCOPES: Readonly<Record<string, Scope>> = {
  test: 'development',
  provided: 'build',
  system: 'runtime',
  runtime: 'runtime',
  compile: 'runtime',
};

const keyOf = (element: XmlElement): string => `${childText(element, 'groupId') ?? ''}/${childText(element, 'artifactId') ?? ''}`;

function dependencies(parent: XmlElement | undefined): Requirement[] {
  return childrenOf(childOf(parent, 'dependencies'), 'dependency').map((element) => {
    const optional = childText(element, 'optional') === 'true';
    const scope = SCOPES[childText(element, 'scope') ?? 'compile'] ?? 'runtime';
    const version = childText(element, 'version');
    return {
      ecosystem: 'maven' as const,
      name: keyOf(element),
      // The line of the artifact's name is the one that people look for.
      line: childOf(element, 'artifactId')?.line ?? element.line,
      scope: optional && scope === 'runtime' ? ('optional' as const) : scope,
      ...(version ? { range: version } : { from: `managed:${keyOf(element)}` }),
    };
  });
}

/** Properties as `${name}`, managed versions as `managed:group/artifact`. */
function valuesOf(element: XmlElement | undefined): ManifestValue[] {
  const properties = (childOf(element, 'properties')?.children ?? []).map((child): [string, string] => [`\${${child.name}}`, child.text]);
  const managed = childrenOf(childOf(childOf(element, 'dependencyManagement'), 'dependencies'), 'dependency').flatMap(
    (child): ManifestValue[] => {
      const version = childText(child, 'version');
      const line = childOf(child, 'artifactId')?.line ?? child.line;
      return version && childText(child, 'scope') !== 'import' ? [[`managed:${keyOf(child)}`, version, line]] : [];
    },
  );
  return [...properties, ...managed];
}

/** pom.xml: dependencies of the project and of every profile. https://maven.apache.org/pom.html */
export const pomReader: ManifestReader = {
  id: 'pom',
  matches: (_path, name) => name === 'pom.xml' || name.endsWith('.pom'),
  read: (text): ManifestFacts => {
    const project = readXml(text);
    if (project.name !== 'project') return { reader: 'pom' };
    const profiles = childrenOf(childOf(project, 'profiles'), 'profile');
    const parent = childOf(project, 'parent');
    const group = childText(project, 'groupId') ?? childText(parent ?? project, 'groupId');
    const version = childText(project, 'version') ?? (parent ? childText(parent, 'version') : undefined);
    const links: Link[] = parent ? [{ type: 'parent', target: childText(parent, 'relativePath') ?? '../pom.xml', line: parent.line }] : [];
    return {
      reader: 'pom',
      requirements: [project, ...profiles].flatMap(dependencies).slice(0, MAX_REQUIREMENTS),
      links,
      values: [
        ...[project, ...profiles].flatMap(valuesOf),
        ...(version
          ? ([
              ['${project.version}', version],
              ['${version}', version],
            ] as [string, string][])
          : []),
        ...(group
          ? ([
              ['${project.groupId}', group],
              ['${groupId}', group],
            ] as [string, string][])
          : []),
      ],
      ...(group ? { self: { ecosystem: 'maven', name: `${group}/${childText(project, 'artifactId') ?? ''}` } } : {}),
    };
  },
};
