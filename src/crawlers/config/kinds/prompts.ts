import { createHash } from 'node:crypto';
import { get, textOf, type ConfigNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** YAML and JSON files that are a prompt: Semantic Kernel, LangChain, GitHub Models. */
export function readPromptFile(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map' || sink.path.endsWith('.prompty')) return;
  const template = textOf(get(root, 'template'));
  const kernel =
    template !== undefined &&
    (get(root, 'template_format') ?? get(root, 'input_variables') ?? get(root, 'execution_settings')) !== undefined;
  const langchain = template !== undefined && (textOf(get(root, '_type')) ?? '').endsWith('prompt');
  const messages = get(root, 'messages');
  const github = messages?.kind === 'list' && get(root, 'model') !== undefined && /\.prompt\.ya?ml$/.test(sink.path);
  if (!kernel && !langchain && !github) return;
  const text = template ?? '';
  sink.add({
    kind: 'prompt',
    name: sink.path,
    purpose: 'template',
    occurrences: [sink.occurrence(get(root, 'template')?.line ?? root.line, 'template', 'high')],
    ...(text !== '' && { sha256: createHash('sha256').update(text).digest('hex') }),
  });
}
