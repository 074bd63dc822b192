import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import schema from './report.schema.json' with { type: 'json' };

/** What is wrong with a report, in one line; `undefined` where it follows the schema. */
export type Check = (value: unknown) => string | undefined;

function compile(strict: boolean): Check {
  const ajv = new Ajv({ strict });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    const error = validate.errors?.[0];
    return error === undefined
      ? 'unknown'
      : `${error.instancePath === '' ? 'the document' : error.instancePath} ${error.message ?? error.keyword}`;
  };
}

let strict: Check | undefined;

/** Against the schema as it ships. */
export const checkReport: Check = (value) => (strict ??= compile(true))(value);
