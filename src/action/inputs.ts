import { UserError } from '../core/errors.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';

const COMMENT = ['never', 'on-failure', 'always'] as const;

/** Inputs of `action.yml`. What the configuration can set is undefined unless the workflow sets it. */
export interface Inputs {
  readonly path: string;
  readonly config?: string;
  readonly failOn?: Severity | 'none';
  readonly minSeverity?: Severity;
  readonly baseline?: string;
  readonly baseRef?: string;
  readonly sarifFile?: string;
  readonly bomFile?: string;
  readonly reportFile?: string;
  readonly uploadSarif: boolean;
  readonly comment: (typeof COMMENT)[number];
  readonly summary: boolean;
  readonly annotations: boolean;
  readonly online: boolean;
  readonly verify: boolean;
  readonly submitDependencies: boolean;
  readonly token?: string;
  readonly exclude: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const read = (env: Environment, name: string): string | undefined => {
  const value = env[`INPUT_${name.toUpperCase()}`]?.trim();
  return value === '' ? undefined : value;
};

function flag(env: Environment, name: string, otherwise: boolean): boolean {
  const value = read(env, name)?.toLowerCase();
  if (value === undefined) return otherwise;
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new UserError(`input ${name} must be true or false, not ${JSON.stringify(value)}`);
}

function choice<T extends string>(env: Environment, name: string, values: readonly T[]): T | undefined {
  const value = read(env, name);
  if (value === undefined) return undefined;
  const found = values.find((item) => item === value);
  if (found === undefined) throw new UserError(`input ${name} must be one of ${values.join(', ')}, not ${JSON.stringify(value)}`);
  return found;
}

/** The token alone: it is masked before anything is checked. */
export const readToken = (env: Environment): string | undefined => read(env, 'token');

/** `args`: `--exclude GLOB` is the only flag that no input has. */
function parseArgs(text: string | undefined): string[] {
  const words = text?.split(/\s+/).filter(Boolean) ?? [];
  const exclude: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const value = word.startsWith('--exclude=') ? word.slice(10) : word === '--exclude' ? words[++i] : undefined;
    if (value === undefined) throw new UserError(`input args takes --exclude GLOB, not ${JSON.stringify(word)}`);
    exclude.push(value);
  }
  return exclude;
}

/** @throws UserError where an input is not what it may be. */
export function readInputs(env: Environment): Inputs {
  const optional = <K extends string>(key: K, name: string): Partial<Record<K, string>> => {
    const value = read(env, name);
    return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  };
  const failOn = choice(env, 'fail-on', [...SEVERITIES, 'none'] as const);
  const minSeverity = choice(env, 'min-severity', SEVERITIES);
  return {
    path: read(env, 'path') ?? '.',
    ...(failOn === undefined ? {} : { failOn }),
    ...(minSeverity === undefined ? {} : { minSeverity }),
    ...optional('config', 'config'),
    ...optional('baseline', 'baseline'),
    ...optional('baseRef', 'base-ref'),
    ...optional('sarifFile', 'sarif-file'),
    ...optional('bomFile', 'bom-file'),
    ...optional('reportFile', 'report-file'),
    uploadSarif: flag(env, 'upload-sarif', false),
    comment: choice(env, 'comment', COMMENT) ?? 'never',
    summary: flag(env, 'summary', true),
    annotations: flag(env, 'annotations', true),
    online: flag(env, 'online', false),
    verify: flag(env, 'verify', true),
    submitDependencies: flag(env, 'submit-dependencies', false),
    ...optional('token', 'token'),
    exclude: parseArgs(read(env, 'args')),
  };
}
