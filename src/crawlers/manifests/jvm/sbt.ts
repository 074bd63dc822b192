import type { Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { lineCounter } from '../text/lines.ts';
import { withoutComments } from './gradle.ts';

const MODULE = /"([\w.-]+)"\s*(%%%?|%)\s*"([\w.-]+)"\s*%\s*(?:"([^"\n]+)"|([\w.]+))(?:\s*%\s*"?(\w+)"?)?/g;
const scopeOf = (configuration: string | undefined): Scope =>
  /^(?:test|it|integrationtest)$/i.test(configuration ?? '')
    ? 'development'
    : /^provided$/i.test(configuration ?? '')
      ? 'build'
      : 'runtime';

/** build.sbt, project/*.scala and Mill's build files: `"group" %% "artifact" % "version"`. */
export const sbtReader: ManifestReader = {
  id: 'sbt',
  matches: (path, name) => name.endsWith('.sbt') || /(?:^|\/)project\/[^/]+\.scala$/.test(path),
  read: (text) => {
    const source = withoutComments(text);
    // `%%` adds the binary version of Scala to the artifact's name.
    const scala = /scalaVersion\s*:?=\s*"(\d+)\.(\d+)/.exec(source);
    const suffix = scala ? (scala[1] === '2' ? `_2.${scala[2] as string}` : `_${scala[1] as string}`) : '';
    const requirements: Requirement[] = [];
    const lineOf = lineCounter(source);
    for (const match of source.matchAll(MODULE)) {
      const artifact = `${match[3] as string}${match[2] === '%' ? '' : suffix}`;
      const range = match[4] ?? (match[5] ? `$${match[5]}` : undefined);
      requirements.push({
        ecosystem: 'maven',
        name: `${match[1] as string}/${artifact}`,
        line: lineOf(match.index),
        scope: scopeOf(match[6]),
        ...(range ? { range } : {}),
      });
    }
    const values = [...source.matchAll(/\bval\s+(\w+)\s*(?::\s*String\s*)?=\s*"([^"\n]{1,100})"/g)].map((match): [string, string] => [
      match[1] as string,
      match[2] as string,
    ]);
    return { reader: 'sbt', requirements, values };
  },
};
