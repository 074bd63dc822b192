import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const SCHEMAS = 'rules/schema';
const catalogue = ['agents-mcp', 'config', 'datasets', 'infra', 'models', 'providers', 'vector-stores'];
const ajv = new Ajv2020({ strict: true, allErrors: false, allowUnionTypes: true });
addFormats.default(ajv);

const schemaOf = (path: string): string => `${path.replace('/', '-').replace(/\.yaml$/, '')}.schema.json`;
const files = catalogue.flatMap((folder) =>
  readdirSync(`rules/catalog/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${folder}/${name}`),
);

describe('catalogue files follow their schemas', () => {
  it.each(files)('%s', (path) => {
    const validate = ajv.compile(JSON.parse(readFileSync(`${SCHEMAS}/${schemaOf(path)}`, 'utf8')) as object);
    const valid = validate(parse(readFileSync(`rules/catalog/${path}`, 'utf8'), { schema: 'core' }));
    expect(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('refuse what they do not know', () => {
    const validate = ajv.compile(JSON.parse(readFileSync(`${SCHEMAS}/models-families.schema.json`, 'utf8')) as object);
    const [family] = parse(readFileSync('rules/catalog/models/families.yaml', 'utf8'), { schema: 'core' }) as object[];
    expect(validate([family])).toBe(true);
    expect(validate([{ ...family, colour: 'red' }])).toBe(false);
    expect(validate([{ ...family, role: 'oracle' }])).toBe(false);
    expect(validate([{ ...family, pattern: '(' }])).toBe(false);
  });
});
