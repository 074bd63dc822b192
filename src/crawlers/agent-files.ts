import { createHash } from 'node:crypto';
import type { PromptComponent } from '../core/component.ts';
import { refOf } from '../core/component.ts';
import type { Observation } from '../core/observation.ts';
import { agentsSection } from '../knowledge/agents.ts';
import { defineCrawler } from './crawler.ts';
import { hiddenText } from './prompts/hidden-text.ts';

interface AgentFileFacts {
  readonly component: PromptComponent;
  readonly observations: readonly Observation[];
}

/** Cheap look at the path; the catalogue decides. */
const COULD_BE =
  /(?:^|\/)(?:\.[\w-]+|[A-Z][A-Z.]*\.md|replit\.md)$|(?:^|\/)\.[\w-]+\/.*\.(?:md|mdc|txt)$|(?:^|\/)SKILL\.md$|\.(?:prompt|instructions|chatmode|agent)\.md$|\.prompt\.ya?ml$/;
const HIDDEN_CODE = /(?:^|\/)\.(?:git|venv|cache)\//;

/** Instructions, rules, commands and skills for coding agents. */
export const agentFilesCrawler = defineCrawler<AgentFileFacts>({
  id: 'agent-files',
  wants: (entry) => entry.size > 0 && COULD_BE.test(entry.path) && !HIDDEN_CODE.test(entry.path),
  extract({ path, text }, knowledge) {
    const file = knowledge.get(agentsSection).file(path);
    if (!file) return {};
    const component: PromptComponent = {
      kind: 'prompt',
      name: path,
      purpose: file.purpose,
      sha256: createHash('sha256').update(text).digest('hex'),
      occurrences: [{ location: { path }, technique: 'filename', crawler: 'agent-files', confidence: 'high', symbol: file.agent }],
    };
    const observations = hiddenText(text).map(({ kind, count, line }): Observation => ({
      type: 'hidden-text',
      location: { path, line },
      crawler: 'agent-files',
      confidence: kind === 'html-comment' ? 'medium' : 'high',
      component: refOf(component),
      facts: { kind, count },
    }));
    return { facts: { component, observations } };
  },
  detect: (files) => ({
    components: files.map(({ facts }) => facts.component),
    observations: files.flatMap(({ facts }) => facts.observations),
  }),
});
