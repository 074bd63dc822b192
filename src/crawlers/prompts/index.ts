import { createHash } from 'node:crypto';
import { refOf, type PromptComponent } from '../../core/component.ts';
import type { Observation } from '../../core/observation.ts';
import { defineCrawler, type Project } from '../crawler.ts';
import { documentsTest } from './documents.ts';
import { hiddenText } from './hidden-text.ts';

interface PromptFacts {
  readonly component: PromptComponent;
  readonly observations: readonly Observation[];
  /** Signs in the text that it speaks to a model. */
  readonly score: number;
  /** The file's format is one of prompts only. */
  readonly certain: boolean;
}

const CERTAIN = /\.(?:prompty|prompt|poml|dprompt)$|\.prompt\.(?:md|ya?ml|json|txt)$|(?:^|\/)skprompt\.txt$/i;
const TEXT = /\.(?:txt|md|tmpl|tpl|gotmpl|j2|jinja2?|hbs|handlebars|mustache|liquid|st|stg|ftl|xml)$/i;
const DATA = /\.(?:ya?ml|json|toml)$/i;
/** A file named for its prompt. */
const NAMED = /(?:^|[/_.-])(?:system[-_.]?)?prompts?(?:[-_.][\w.-]*)?\.(?:\w+)$|[-_.]prompts?\.\w+$/i;
/** In a folder for prompts, or at most two below it: deeper down it is a program about prompts. */
const NEAR_FOLDER = /(?:^|\/)(?:[\w-]*[-_])?prompts?[-_]?(?:templates?|library|store|hub|files?|lib)?\/(?:[^/]+\/){0,2}[^/]+$/i;
const NOT =
  /(?:^|\/)(?:node_modules|vendor|third_party|docs?|documentation|site-packages|\.git|\.venv|venv|__snapshots__|__tests__|tests?|specs?|cassettes|fixtures|testdata|locales?|i18n)\/|(?:^|\/)\.(?:claude|cursor|github|agents?|codex|gemini|windsurf|roo|continue)\/|(?:^|\/)(?:README|CHANGELOG|LICENSE|CONTRIBUTING|INDEX|application[\w-]*|package|docker-compose|pom|settings|config|promptfooconfig)[\w.-]*$|(?:^|\/)src\/(?:main|test)\/resources\/application/i;

const SIGNS: readonly RegExp[] = [
  /\byou(?:'re| are) (?:a|an|the|now|helping|responsible|tasked|playing)\b/i,
  /\b(?:your (?:task|job|goal|role)|assistant|act as|respond (?:in|with|only)|answer (?:the|in|only|with)|summari[sz]e|translate|generate|rewrite|classify|extract|step[ -]by[ -]step|output (?:format|only|the|in)|do not (?:include|add|make|use)|return only)\b/i,
  /\b(?:user(?:'s)? (?:question|query|input|message|request)|context|conversation|chat history|json|language model|llm|gpt|claude)\b/i,
  /\{\{[^{}]{1,80}\}\}|(?:^|[^{$])\{[a-z_][\w.]{1,40}\}(?!\})|\$\{?[a-z_]\w{2,40}\}?|<\|?(?:system|user|assistant|im_start)\|?>/im,
];

/** A prompt is a text of people; longer files are corpora. */
const MAX_PROMPT = 256 * 1024;

/** Prompts and prompt templates kept as files. */
export const promptsCrawler = defineCrawler<PromptFacts>({
  id: 'prompts',
  wants: ({ path, size }) =>
    size > 0 &&
    size <= MAX_PROMPT &&
    !NOT.test(path) &&
    (CERTAIN.test(path) || ((NEAR_FOLDER.test(path) || NAMED.test(path)) && (TEXT.test(path) || DATA.test(path)))),
  extract({ path, text }) {
    const score = SIGNS.filter((sign) => sign.test(text)).length;
    const certain = CERTAIN.test(path);
    const purpose = certain || score > 0 ? (/\{\{|\{[a-z_]\w*\}|\{%|\$\w/.test(text) ? 'template' : 'prompt') : 'prompt';
    const component: PromptComponent = {
      kind: 'prompt',
      name: path,
      purpose,
      sha256: createHash('sha256').update(text).digest('hex'),
      occurrences: [
        { location: { path }, technique: 'filename', crawler: 'prompts', confidence: certain || score > 1 ? 'high' : 'medium' },
      ],
    };
    const observations = hiddenText(text).map(({ kind, count, line }): Observation => ({
      type: 'hidden-text',
      location: { path, line },
      crawler: 'prompts',
      confidence: kind === 'html-comment' ? 'low' : 'high',
      component: refOf(component),
      facts: { kind, count },
    }));
    return { facts: { component, observations, score, certain } };
  },
  detect(files, project) {
    const ai = usesAi(project);
    const isDocument = documentsTest(project);
    const kept = files.filter(({ path, facts }) => {
      if (facts.certain) return ai || facts.score > 0;
      if (isDocument(path)) return false;
      // Data files named for prompts are often tables of questions to the user of a program.
      if (DATA.test(path)) return facts.score > 1 && (ai || facts.score > 2);
      return NEAR_FOLDER.test(path) ? ai || facts.score > 2 : ai ? facts.score > 1 : facts.score > 2;
    });
    return { components: kept.map(({ facts }) => facts.component), observations: kept.flatMap(({ facts }) => facts.observations) };
  },
});

/** The target calls or runs models at all, so that a folder `prompts` is about them. */
const usesAi = (project: Project): boolean =>
  project.found.some((discovery) =>
    discovery.components?.some(
      ({ kind }) => kind === 'model' || kind === 'service' || kind === 'agent' || kind === 'mcp-server' || kind === 'vector-store',
    ),
  );
