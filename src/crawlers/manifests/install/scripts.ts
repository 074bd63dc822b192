import { ParseError } from '../../../core/errors.ts';
import type { Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { readJson } from '../text/json.ts';
import { at, isMap, itemsOf, textOf, type TreeNode } from '../text/tree.ts';
import { readYaml } from '../text/yaml.ts';
import { insideStrings } from '../../../text/docstrings.ts';
import { occurs } from '../../../text/sieve.ts';
import { installs, mentionsInstall } from './commands.ts';

const medium = (requirements: readonly Requirement[]): Requirement[] =>
  requirements.map((requirement) => ({ ...requirement, confidence: 'medium' }));

/** Shell scripts, Makefiles, Justfiles and the start-up scripts of machines: somebody may run them. */
export const scriptReader: ManifestReader = {
  id: 'shell',
  matches: (_path, name) =>
    /\.(?:sh|bash|zsh|ps1|bat|cmd|tf|tpl|tmpl)$/i.test(name) || /^(?:GNU)?[Mm]akefile$|\.mk$|^[Jj]ustfile$/.test(name),
  prefilter: mentionsInstall,
  read: (text, path) => {
    const scope: Scope = /(?:^|\/)(?:\.?ci|tests?)\//i.test(path) ? 'build' : 'runtime';
    return { reader: 'shell', requirements: medium(installs(text, 1, scope)), casual: true };
  },
};

const CI =
  /(?:^|\/)(?:\.github\/(?:workflows|actions)\/|\.gitlab-ci|\.circleci\/|azure-pipelines|\.drone|bitbucket-pipelines|\.travis|appveyor|cloudbuild|buildspec|action\.ya?ml$|\.woodpecker|\.buildkite)/i;

/** Every text below a YAML node, with the line of its first character. */
function* texts(node: TreeNode, key = ''): Generator<{ text: string; line: number; key: string }> {
  const { value } = node;
  if (typeof value === 'string') yield { text: value, line: node.line, key };
  else if (isMap(value)) for (const [name, child] of value) yield* texts(child, name);
  else for (const item of itemsOf(node)) yield* texts(item, key);
}

/** `key: |` begins its text on the next line; `key: text` on its own. */
function firstLineOf(rows: readonly string[], line: number, text: string): number {
  const first =
    text
      .split('\n')
      .find((row) => row.trim() !== '')
      ?.trim() ?? '';
  for (let index = line - 1; index < Math.min(line + 3, rows.length); index += 1) if (rows[index]?.includes(first)) return index + 1;
  return line;
}

/** Texts of a YAML file; of one that is a template, and so no YAML, the rows without their key. */
function scriptsOf(text: string, rows: readonly string[]): { readonly text: string; readonly line: number; readonly key: string }[] {
  try {
    return readYaml(text).flatMap((document) => [...texts(document)]);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return rows.map((row, index) => {
      const [, key = '', value = ''] = /^[ \t]*(?:- )?(?:([\w-]+):[ \t])?(.*)$/.exec(row.slice(0, 2000)) ?? [];
      return { text: value.replace(/^["']|["']$/g, ''), line: index + 1, key };
    });
  }
}

/** What a container does when it starts is what it is: its installations are a deployment's. */
const COMPOSE = /(?:^|\/)(?:[\w.-]*[-_.])?compose[\w.-]*\.ya?ml$/i;
const WORKLOAD = /^kind:\s*(?:Deployment|StatefulSet|DaemonSet|Pod|Job|CronJob)\s*$/m;

/** Commands in YAML: CI steps, compose and Kubernetes commands, Ansible and cloud-init scripts. */
export const yamlCommandReader: ManifestReader = {
  id: 'yaml-commands',
  // A devcontainer's JSON is YAML too, comments aside.
  matches: (_path, name) => (/\.ya?ml$/i.test(name) && !/lock/.test(name)) || /^\.?devcontainer\.json$/.test(name),
  prefilter: mentionsInstall,
  read: (text, path) => {
    const scope: Scope = CI.test(path) ? 'build' : 'runtime';
    const rows = text.split(/\r?\n/);
    const requirements: Requirement[] = [];
    for (const { text: script, line, key } of scriptsOf(text, rows)) {
      if (/^(?:name|description|title|summary|message|about)$/.test(key) || !mentionsInstall(script)) continue;
      requirements.push(...installs(script, firstLineOf(rows, line, script), scope));
    }
    const deployed = scope === 'runtime' && (COMPOSE.test(path) || WORKLOAD.test(text));
    return { reader: 'yaml-commands', requirements: medium(requirements), ...(!deployed && { casual: true }) };
  },
};

/** `!command`, `%magic`, and the bare form that IPython takes for a magic. A commented-out line is none of them. */
const MAGIC = /^[ \t]*(?:[!%]{1,2}[ \t]*|(?=(?:pip3?|conda|mamba) install[ \t]))/;
const CELL_SHELL = /^%%(?:bash|sh|script\s+(?:ba)?sh)\b/;

/** `!pip install`, `%pip install`, `%%bash` cells. Lines are those of the raw .ipynb. */
export const notebookReader: ManifestReader = {
  id: 'notebook',
  large: true,
  matches: (_path, name) => name.endsWith('.ipynb'),
  prefilter: mentionsInstall,
  read: (text) => {
    const root = readJson(text, (path) => path.at(-1) === 'outputs' || path.at(-1) === 'metadata' || path.at(-1) === 'attachments');
    const requirements: Requirement[] = [];
    const cells = [...itemsOf(at(root, 'cells')), ...itemsOf(at(root, 'worksheets')).flatMap((sheet) => [...itemsOf(at(sheet, 'cells'))])];
    for (const cell of cells) {
      if (textOf(at(cell, 'cell_type')) !== 'code') continue;
      const source = at(cell, 'source') ?? at(cell, 'input');
      // A source kept as one string has one raw line.
      const whole = textOf(source);
      const rows =
        whole === undefined
          ? itemsOf(source).map((item) => ({ text: (textOf(item) ?? '').replace(/\n$/, ''), line: item.line }))
          : whole.split('\n').map((row) => ({ text: row, line: source?.line ?? 1 }));
      const shell = CELL_SHELL.test(rows[0]?.text ?? '');
      for (let index = shell ? 1 : 0; index < rows.length; index += 1) {
        const row = rows[index] as { text: string; line: number };
        const magic = MAGIC.exec(row.text)?.[0];
        if (!shell && magic === undefined) continue;
        let command = shell ? row.text : row.text.slice((magic as string).length);
        while (command.trimEnd().endsWith('\\') && index + 1 < rows.length)
          command = `${command.trimEnd().slice(0, -1)} ${(rows[(index += 1)] as { text: string }).text}`;
        requirements.push(...installs(command, 1, 'runtime').map((requirement) => ({ ...requirement, line: row.line })));
      }
    }
    return { reader: 'notebook', requirements, casual: true };
  },
};

/** Rows of an exported notebook that are longer hold data, no command. */
const MAX_ROW = 2_000;
/** Databricks: `# MAGIC %pip install x`; nbconvert: `get_ipython().system('pip install x')` and `.run_line_magic('pip', 'install x')`. */
const EXPORTED_MAGIC = /^(?:# MAGIC )?[%!]\s*(pip install.*)$/;
const EXPORTED_SHELL = /^\s*get_ipython\(\)\.(?:system|getoutput)\(["'](.*)["']\)/;
const EXPORTED_INSTALL = /^(?:# MAGIC )?[%!]\s*pip install|^[ \t]*get_ipython\(\)\.(?:system|getoutput|run_line_magic)\(.{0,40}install/m;
const EXPORTED_LINE = /^\s*get_ipython\(\)\.run_line_magic\(["'](pip|conda)["'], ?["'](.*)["']\)/;

function exportedCommand(row: string): string | undefined {
  if (row.length > MAX_ROW) return undefined;
  const [, name, given] = EXPORTED_LINE.exec(row) ?? [];
  if (name !== undefined) return `${name} ${given ?? ''}`;
  return EXPORTED_MAGIC.exec(row)?.[1] ?? EXPORTED_SHELL.exec(row)?.[1]?.replaceAll(/\\(["'\\])/g, '$1');
}

/** Notebooks that were exported as .py files. */
export const exportedNotebookReader: ManifestReader = {
  id: 'exported-notebook',
  matches: (_path, name) => name.endsWith('.py'),
  prefilter: (latin1) => occurs(EXPORTED_INSTALL, latin1),
  read: (text) => {
    const rows = text.split(/\r?\n/);
    // What a description tells to run first, and the texts of a notebook.
    const told = insideStrings(rows);
    const requirements = rows.flatMap((row, index) => {
      const command = told[index] ? undefined : exportedCommand(row);
      return command ? installs(command, index + 1, 'runtime') : [];
    });
    return { reader: 'exported-notebook', requirements, casual: true };
  },
};
