import type { Requirement, Scope } from '../model.ts';
import { npmRequirement } from '../javascript/package-json.ts';
import { condaRequirement } from '../python/conda-spec.ts';
import { pypiRequirement } from '../python/requirement.ts';
import { shellCommands, type Command, type Word } from './shell.ts';

type Manager = 'pypi' | 'conda' | 'npm' | 'gem' | 'cargo' | 'golang' | 'nuget' | 'composer' | 'cran';

/** How the front of a command names a package manager and its verb. First match wins. */
const FRONTS: readonly { readonly manager: Manager; readonly pattern: RegExp }[] = [
  { manager: 'pypi', pattern: /^(?:\S*\/)?pip[\d.]* install\b/ },
  { manager: 'pypi', pattern: /^\S*python[\w.]*\}? (?:-\w+ )*-m (?:uv )?pip install\b/ },
  { manager: 'pypi', pattern: /^\{?\$?\{?sys\.executable\}* -m pip install\b/ },
  {
    manager: 'pypi',
    pattern:
      /^(?:\S*\/)?(?:uv(?: --\S+)* (?:pip install|add|tool install)|pipx install|pipenv install|poetry add|pdm add|rye add|hatch run pip install|micropip install)\b/,
  },
  { manager: 'conda', pattern: /^(?:\S*\/)?(?:conda|mamba|micromamba) (?:install|create)\b/ },
  {
    manager: 'npm',
    pattern:
      /^(?:\S*\/)?(?:npm (?:--\S+ )*(?:install|i|add)|yarn (?:global )?add|pnpm (?:--\S+ )*(?:add|install|i)|bun (?:add|install|i))\b/,
  },
  { manager: 'gem', pattern: /^(?:\S*\/)?(?:gem install|bundle add)\b/ },
  { manager: 'cargo', pattern: /^(?:\S*\/)?cargo (?:install|add)\b/ },
  { manager: 'golang', pattern: /^(?:\S*\/)?go (?:install|get)\b/ },
  { manager: 'nuget', pattern: /^(?:\S*\/)?dotnet (?:add (?:\S+ )?package|tool install)\b/ },
  { manager: 'composer', pattern: /^(?:\S*\/)?composer (?:global )?require\b/ },
];

/** Options that take the next word as their value. */
export const VALUED: Readonly<Record<string, ReadonlySet<string>>> = {
  pypi: new Set(
    '-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -t --target --prefix --root --python -p --cache-dir --platform --python-version --implementation --abi --timeout --retries --proxy --trusted-host --no-binary --only-binary --progress-bar --upgrade-strategy --src --group -G --config-settings --index --default-index --index-strategy --torch-backend --source --exclude-newer --no-binary-package --overrides --override --package --extra -E --python-preference --log --cert --report'.split(
      ' ',
    ),
  ),
  conda: new Set('-c --channel -n --name -p --prefix -f --file --solver --override-channels-from'.split(' ')),
  npm: new Set('--prefix -prefix --registry --loglevel -C --dir --filter -w --workspace --cache --omit --include'.split(' ')),
  gem: new Set('-v --version -i --install-dir -n --bindir --source --platform -g --group'.split(' ')),
  cargo: new Set(
    '--version --vers --git --branch --tag --rev --path --root --index --registry -F --features --target -j --jobs --profile --bin -p --package --rename'.split(
      ' ',
    ),
  ),
  golang: new Set('-ldflags -tags -modfile -o'.split(' ')),
  nuget: new Set('-v --version -s --source -f --framework -p --project --tool-path'.split(' ')),
  composer: new Set('-d --working-dir'.split(' ')),
};

/** A path, a variable or a shell expression names no package. */
const opaque = (text: string): boolean => /^(?:[./~$`{<>]|[A-Za-z]:\\|\d?>)|^\.|[*?`]|\$\(|\$\{|\$[A-Za-z]/.test(text);

/** `torch>=2` unquoted is a redirection to the shell; what the writer meant is `torch`. */
function requirementOf(
  manager: Manager,
  written: string,
  line: number,
  scope: Scope,
  options: ReadonlyMap<string, string>,
): Requirement | undefined {
  // `vllm==${VERSION}`: the name is known, the version is not.
  const variable = /^([\w.@/-]+(?:\[[\w,-]*\])?)\s*((?:[=<>~!]=?=?|@)\s*\$[{(]?[\w:.-]+[})]?)$/.exec(written);
  const text = variable ? (variable[1] as string) : written;
  if (opaque(text) || text.length > 500) return undefined;
  switch (manager) {
    case 'pypi': {
      if (text === '-' || /\.(?:txt|in|toml)$/.test(text)) return undefined;
      const requirement = pypiRequirement(text.replace(/^([\w.-]+(?:\[[\w,-]*\])?)@(?=\d)/, '$1=='), line, scope);
      return requirement && variable ? { ...requirement, range: variable[2] as string } : requirement;
    }
    case 'conda':
      return condaRequirement(text, line, scope);
    case 'npm': {
      const found = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@(.+))?$/i.exec(text);
      return found ? npmRequirement(found[1] as string, found[2] ?? '', line, scope) : undefined;
    }
    case 'golang': {
      const found = /^([\w.-]+\.[a-z]+\/[^@\s]+)(?:@(\S+))?$/.exec(text);
      return found ? { ecosystem: 'golang', name: found[1] as string, line, scope, ...(found[2] ? { range: found[2] } : {}) } : undefined;
    }
    case 'gem':
    case 'cargo':
    case 'nuget':
    case 'composer':
    case 'cran': {
      const found = /^([\w./-]+?)(?:[@:]([~^<>=\d][\w.*-]*))?$/.exec(text);
      if (!found || (manager === 'composer' && !text.includes('/'))) return undefined;
      const range = found[2] ?? options.get('--version') ?? options.get('-v') ?? options.get('--vers');
      return { ecosystem: manager, name: found[1] as string, line, scope, ...(range ? { range } : {}) };
    }
  }
}

/** How often `bash -c "…"` may hold another script. */
const MAX_SCRIPTS = 4;

function requirementsOf(command: Command, scope: Scope, depth: number): Requirement[] {
  const [first] = command;
  if (!first) return [];
  if (/^(?:\S*\/)?(?:ba|z|da|a)?sh$/.test(first.text) && depth < MAX_SCRIPTS) {
    const flag = command.findIndex((word) => /^-\w*c$/.test(word.text));
    const script = flag < 0 ? undefined : command[flag + 1];
    return script ? installs(script.text, script.line, scope, depth + 1) : [];
  }
  if (/^(?:\S*\/)?R(?:script)?$/.test(first.text)) return rInstalls(command, scope);
  const front = command
    .slice(0, 10)
    .map((word) => word.text)
    .join(' ');
  const matched = FRONTS.map(({ manager, pattern }) => ({ manager, found: pattern.exec(front)?.[0] })).find(
    ({ found }) => found !== undefined,
  );
  if (!matched?.found) return [];
  const { manager } = matched;
  const rest = command.slice(matched.found.split(' ').length);
  const options = new Map<string, string>();
  const words: Word[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] as Word;
    // `pip install x > log`: the rest is no argument.
    if (/^\d?>{1,2}&?\d?$/.test(word.text)) break;
    if (!word.text.startsWith('-')) words.push(word);
    else if (word.text === '-e' || word.text === '--editable') {
      const target = rest[index + 1];
      if (target && /^(?:git\+|https?:)/.test(target.text)) words.push(target);
      index += 1;
    } else if (VALUED[manager]?.has(word.text)) {
      options.set(word.text, rest[index + 1]?.text ?? '');
      index += 1;
    } else {
      const pair = /^(--[\w-]+)=(.*)$/.exec(word.text);
      if (pair) options.set(pair[1] as string, pair[2] as string);
    }
  }
  // `cargo install --git url name` takes the name; without one it is in the repository.
  return words.flatMap((word) => {
    // `${{ inputs.flags }}` of a workflow is one expansion, blanks or not.
    if (word.text.includes('${{')) return [];
    const parts = manager === 'pypi' && /\s/.test(word.text) && !/[<>=~!;]/.test(word.text) ? word.text.split(/\s+/) : [word.text];
    return parts.flatMap((part) => requirementOf(manager, part, word.line, scope, options) ?? []);
  });
}

/** `Rscript -e 'install.packages(c("a", "b"))'` */
function rInstalls(command: Command, scope: Scope): Requirement[] {
  return command.flatMap((word) => {
    const call = /install\.packages\s*\(\s*(c\s*\([^)]*\)|["'][^"']+["'])/.exec(word.text)?.[1] ?? '';
    return [...call.matchAll(/["']([A-Za-z][\w.]*)["']/g)].map((match): Requirement => ({
      ecosystem: 'cran',
      name: match[1] as string,
      line: word.line,
      scope,
    }));
  });
}

/** Packages that a shell script installs by name. */
export function installs(script: string, firstLine: number, scope: Scope, depth = 0): Requirement[] {
  return shellCommands(script, firstLine).flatMap((command) => requirementsOf(command, scope, depth));
}

const INSTALL =
  /\b(?:pip[\d.]*["']?,?\s*["']?\s*install|uv add|uv pip|tool install|pipx install|pipenv install|poetry add|pdm add|rye add|(?:conda|mamba) (?:install|create)|(?:npm|pnpm|bun) (?:-\S+ )*(?:install|i|add)|yarn (?:global )?add|gem install|bundle add|cargo (?:install|add)|go (?:install|get)|dotnet (?:add|tool)|composer (?:global )?require|install\.packages)\b/;

/** Something is installed by a package manager. */
export const mentionsInstall = (text: string): boolean => INSTALL.test(text);
