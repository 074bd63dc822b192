import { hostileName } from '../python-target.ts';
import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';

/** `TYPE_CODE` of `marshal`, with and without `FLAG_REF`. */
const CODE_TYPES = new Set([0x63, 0xe3]);
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
const MAX_CODE = 4 * 1024 * 1024;

/** Where Keras puts the marshalled code: `[code, defaults, closure]`, `{class_name: __lambda__, config: {code}}`. */
function codeOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (isArray(value)) return codeOf(value[0]);
  if (!isObject(value)) return undefined;
  // HDF5 and SavedModel write the triple as `{class_name: __tuple__, items: […]}`.
  if (isArray(value.get('items'))) return codeOf(value.get('items'));
  const config = value.get('config');
  return stringAt(value, 'code') ?? (isObject(config) ? stringAt(config, 'code') : undefined);
}

/** A Lambda layer is Python bytecode that loading runs (CVE-2024-3660); what its names say decides how bad it is. */
export function judgeLambda(config: JsonObject, layer: string, context: InspectContext, draft: Draft): void {
  const value = config.get('function');
  const code = codeOf(value);
  // `function_type: function` names a function that the program must define itself.
  const named =
    typeof value === 'string' && (config.get('function_type') === 'function' || (/^[A-Za-z_]\w*$/.test(value) && value.length < 60));
  if (named || (isObject(value) && stringAt(value, 'class_name') === 'function')) {
    const name = named ? (value as string) : (stringAt(value as JsonObject, 'config') ?? '');
    const hostile = hostileName(name, context);
    draft.report(hostile === undefined ? 'unknown-object' : 'dangerous-object', {
      layer,
      target: printable(name),
      kind: 'lambda-function',
    });
    return;
  }
  if (code === undefined || code.length > MAX_CODE) {
    draft.report('embedded-code', { layer, kind: 'lambda', problem: 'no-code' });
    return;
  }
  const decoded = BASE64.test(code) ? Buffer.from(code, 'base64') : undefined;
  const marshalled = decoded !== undefined && CODE_TYPES.has(decoded[0] ?? -1) && decoded.length > 20;
  const names = `${decoded?.toString('latin1') ?? ''}\n${code}`;
  const hostile = hostileName(names, context);
  const args = {
    layer,
    kind: 'lambda',
    ...(hostile !== undefined && { callee: hostile }),
    ...(!marshalled && { problem: 'undecodable-code' }),
  };
  // Nothing that honest writers make fails to decode.
  draft.report('embedded-code', args, hostile !== undefined || !marshalled ? { severity: 'critical', verdict: 'malicious' } : {});
}
