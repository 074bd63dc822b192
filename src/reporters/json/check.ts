import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import schema from './report.schema.json' with { type: 'json' };

let compiled: ValidateFunction | undefined;

function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled;
  // All errors are only wanted where an unknown property may hide a worse one: see `lenient`.
  const ajv = new Ajv({ strict: true, allErrors: true });
  addFormats.default(ajv);
  compiled = ajv.compile(schema);
  return compiled;
}

function explain({ instancePath, message, keyword, params }: ErrorObject): string {
  const what = keyword === 'additionalProperties' ? `${message ?? ''}: ${String(params['additionalProperty'])}` : (message ?? keyword);
  return `${instancePath === '' ? 'the document' : instancePath} ${what}`;
}

/** What is wrong with a report, in one line; `undefined` where it follows the schema as it ships. */
export function checkReport(value: unknown): string | undefined {
  const validate = validator();
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return error === undefined ? 'unknown' : explain(error);
}

/** As `checkReport`, for a report of a later minor version: that one may have properties that we do not know. */
export function checkLenient(value: unknown): string | undefined {
  const validate = validator();
  if (validate(value)) return undefined;
  const error = (validate.errors ?? []).find(({ keyword }) => keyword !== 'additionalProperties' && keyword !== 'if');
  return error === undefined ? undefined : explain(error);
}
