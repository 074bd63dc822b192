import { readBraces } from './braces.ts';
import { isHocon, readHocon } from './hocon.ts';
import { readJson } from './json.ts';
import { readDotenv, readIni, readMake, readProperties, type Assignment } from './lines.ts';
import { scalar, type ConfigDocuments } from './node.ts';
import { readToml } from './toml.ts';
import { readXcode } from './xcode.ts';
import { readYaml } from './yaml.ts';

export type ConfigFormat = 'json' | 'yaml' | 'toml' | 'ini' | 'properties' | 'dotenv' | 'make' | 'xcode' | 'hcl' | 'bicep';

/** Suffixes that people append to a file that others are to copy. */
const TEMPLATE_SUFFIX = /[._-](?:example|examples|sample|template|tpl|tmpl|dist|default|defaults|local|orig|in|j2|jinja2?|erb)$/i;

const EXTENSIONS: Readonly<Record<string, ConfigFormat>> = {
  json: 'json',
  jsonc: 'json',
  json5: 'json',
  webmanifest: 'json',
  'code-workspace': 'json',
  yaml: 'yaml',
  yml: 'yaml',
  prompty: 'yaml',
  toml: 'toml',
  ini: 'ini',
  cfg: 'ini',
  conf: 'ini',
  properties: 'properties',
  xcconfig: 'xcode',
  plist: 'xcode',
  tf: 'hcl',
  tfvars: 'hcl',
  hcl: 'hcl',
  tofu: 'hcl',
  bicep: 'bicep',
  bicepparam: 'bicep',
};

/** Format of a configuration file by its name: `.env.example`, `params.env.example`, `config.template.yaml`, `application.properties.template`. */
export function formatOf(path: string): ConfigFormat | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    /^\.?env(?:\.|$)|\.env(?:[._-][\w.-]+)?$|^\.envrc$|^\.dev\.vars/i.test(name) &&
    !/\.(?:py|js|ts|mjs|cjs|sh|rb|go|java|cs|php|d\.ts|md)$/i.test(name)
  )
    return 'dotenv';
  if (/^(?:GNU)?makefile$|^\.?justfile$|\.(?:mk|just)$/i.test(name)) return 'make';
  let stem = name;
  for (let i = 0; i < 2 && TEMPLATE_SUFFIX.test(stem); i += 1) stem = stem.replace(TEMPLATE_SUFFIX, '');
  const extension = stem.slice(stem.lastIndexOf('.') + 1).toLowerCase();
  return EXTENSIONS[extension];
}

const asMap = (assignments: readonly Assignment[]): ConfigDocuments => ({
  documents: [
    { kind: 'map', line: 1, entries: assignments.map(({ name, value, line }) => ({ key: name, line, value: scalar(value, line) })) },
  ],
});

/** Reads a file of any configuration format into trees with positions. */
export function readConfig(format: ConfigFormat, text: string): ConfigDocuments {
  switch (format) {
    case 'json':
      return readJson(text);
    case 'yaml':
      return readYaml(text);
    case 'toml':
      return readToml(text);
    case 'hcl':
      return readBraces(text, 'hcl');
    case 'bicep':
      return readBraces(text, 'bicep');
    case 'ini':
      return asMap(isHocon(text) ? readHocon(text) : readIni(text));
    case 'properties':
      return asMap(readProperties(text));
    case 'make':
      return asMap(readMake(text));
    case 'xcode':
      return asMap(readXcode(text));
    case 'dotenv':
      return asMap(readDotenv(text));
  }
}
