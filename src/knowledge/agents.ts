import { pathPattern } from './globs.ts';
import { defineSection } from './section.ts';
import { yamlFile } from './yaml.ts';

export interface AgentFile {
  readonly path: string;
  readonly agent: string;
  readonly purpose: 'agent-instructions' | 'skill' | 'prompt';
}

export interface McpRunner {
  readonly commands: readonly string[];
  readonly ecosystem: 'npm' | 'pypi' | 'docker';
  /** Sub-commands passed over before the package. */
  readonly skip: readonly string[];
  /** Without one of these the command runs no package. */
  readonly needs?: readonly string[];
  readonly value_flags: readonly string[];
  readonly package_flags?: readonly string[];
  readonly module_flag?: string;
  /** Without one of `needs`: runs a program of the tree, or one of the packages that these flags name. */
  readonly local?: { readonly command: string; readonly with_flags: readonly string[]; readonly hosts: readonly string[] };
}

export interface McpFields {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly url: readonly string[];
  readonly env: readonly string[];
  readonly headers: readonly string[];
  readonly type: readonly string[];
  readonly disabled: readonly string[];
  readonly enabled: readonly string[];
  readonly auth: readonly string[];
}

export interface WorkflowAction {
  readonly uses: string;
  readonly service?: string;
  readonly model_inputs?: readonly string[];
}

interface McpYaml {
  readonly block_keys: readonly string[];
  readonly server_name_keys: readonly string[];
  readonly nested_block_keys: readonly string[];
  readonly parents: readonly string[];
  readonly server_files: readonly string[];
  readonly fields: McpFields;
  readonly runners: readonly McpRunner[];
  readonly shells: readonly string[];
}

interface AgentsAsset {
  readonly files: readonly AgentFile[];
  readonly settings: readonly { readonly path: string; readonly agent: string }[];
  readonly mcp: McpYaml;
  readonly actions: readonly WorkflowAction[];
}

export interface AgentsIndex {
  /** What a file is to coding agents. */
  file(path: string): AgentFile | undefined;
  /** Agent whose settings file this is. */
  settings(path: string): string | undefined;
  readonly mcp: McpYaml;
  /** The file's `servers` block is MCP (`.vscode/mcp.json`). */
  isMcpFile(path: string): boolean;
  runner(command: string): McpRunner | undefined;
  isShell(command: string): boolean;
  /** `uses:` of a workflow step, with or without version. */
  action(uses: string): WorkflowAction | undefined;
}

const baseName = (command: string): string => (command.split(/[\\/]/).at(-1) ?? command).replace(/\.(?:exe|cmd)$/i, '');

export const agentsSection = defineSection<AgentsAsset, AgentsIndex>({
  id: 'agents',
  sources: ['catalog/agents-mcp'],
  compile(files) {
    const { files: list, settings } = yamlFile<Pick<AgentsAsset, 'files' | 'settings'>>(files, 'catalog/agents-mcp/agent-files.yaml');
    const mcp = yamlFile<McpYaml>(files, 'catalog/agents-mcp/mcp.yaml');
    return { files: list, settings, mcp, actions: yamlFile<WorkflowAction[]>(files, 'catalog/agents-mcp/actions.yaml') };
  },
  index(asset) {
    const patterns = asset.files.map((file) => ({ file, test: pathPattern(file.path) }));
    const settings = asset.settings.map(({ path, agent }) => ({ agent, test: pathPattern(path) }));
    const mcpFiles = [
      ...asset.mcp.server_files.map(pathPattern),
      /(?:^|[/._-])mcp(?:servers?|config|settings|[._-][\w.-]{1,40})?\.jsonc?$/i,
    ];
    const runners = new Map(asset.mcp.runners.flatMap((runner) => runner.commands.map((command) => [command, runner] as const)));
    const shells = new Set(asset.mcp.shells);
    const actions = new Map(asset.actions.map((action) => [action.uses.toLowerCase(), action]));
    return {
      file: (path) => patterns.find(({ test }) => test.test(path))?.file,
      settings: (path) => settings.find(({ test }) => test.test(path))?.agent,
      mcp: asset.mcp,
      isMcpFile: (path) => mcpFiles.some((test) => test.test(path)),
      runner: (command) => runners.get(baseName(command)),
      isShell: (command) => shells.has(baseName(command)) || shells.has(command),
      action: (uses) => actions.get((uses.split('@')[0] ?? uses).trim().toLowerCase()),
    };
  },
});
