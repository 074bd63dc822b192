import { agentsSection } from '../../../knowledge/agents.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { get, mapsOf, textOf, type ConfigNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { readCommand, shellWords, wordsIn } from './commands.ts';
import { withDefaults } from './values.ts';

const SCRIPT_KEYS = new Set([
  'run',
  'script',
  'beforescript',
  'afterscript',
  'commands',
  'cmd',
  'cmds',
  'entrypoint',
  'postcreatecommand',
  'poststartcommand',
  'bash',
  'inlinescript',
  'setup',
]);

const isWorkflow = (path: string): boolean =>
  /(?:^|\/)(?:\.github\/(?:workflows|actions)\/|\.gitlab-ci|\.gitlab\/|\.circleci\/|azure-pipelines|\.azure-pipelines|bitbucket-pipelines|Taskfile|taskfile|\.drone|\.woodpecker|cloudbuild|buildspec|action\.ya?ml|devcontainer\.json|dvc\.ya?ml|sky[\w-]*\.ya?ml|\.?dstack|\.tekton\/|\.buildkite\/)/.test(
    path,
  );

/** Steps of CI and task files: actions that call models, commands that load or call them. */
export function readWorkflow(sink: Sink, root: ConfigNode): void {
  if (!isWorkflow(sink.path)) return;
  const agents = sink.knowledge.get(agentsSection);
  for (const { map } of mapsOf(root)) {
    const uses = get(map, 'uses');
    const action = agents.action(textOf(uses) ?? '');
    const inputs = get(map, 'with');
    if (action?.service !== undefined && uses) sink.service(action.service, uses.line, action.uses);
    if (action && inputs?.kind === 'map') {
      for (const { key, value } of inputs.entries) {
        if (value.kind !== 'scalar') continue;
        const text = withDefaults(value.value).text;
        if (text !== undefined && action.model_inputs?.includes(key))
          sink.model(text, { position: 'argument', key: 'model', provider: action.service }, value.line, `${action.uses} ${key}`);
        else if (text !== undefined && key.endsWith('args'))
          readCommand(sink, shellWords(text, value.line), { service: action.service, ofAi: true });
      }
    }
    for (const { key, value } of map.entries) {
      if (!SCRIPT_KEYS.has(foldKey(key))) continue;
      const parts = value.kind === 'list' ? value.items : [value];
      for (const part of parts) {
        if (part.kind !== 'scalar') continue;
        readCommand(sink, wordsIn(part));
      }
    }
  }
}
