import { createHash } from 'node:crypto';
import { refOf, type PromptComponent } from '../../core/component.ts';
import type { Observation } from '../../core/observation.ts';
import { agentsSection } from '../../knowledge/agents.ts';
import { defineCrawler, type Project } from '../crawler.ts';
import { documentsTest } from './documents.ts';
import { hiddenText } from './hidden-text.ts';
import { isShaped, opensAsPrompt, scoreOf } from './signs.ts';

interface PromptFacts {
  readonly component: PromptComponent;
  readonly observations: readonly Observation[];
  /** Signs in the text that it speaks to a model. */
  readonly score: number;
  /** The file's format is one of prompts only. */
  readonly certain: boolean;
  /** Its path says that it is a prompt. */
  readonly named: boolean;
  /** It begins as texts to models do. */
  readonly opens: boolean;
  /** Its keys are the parts of a prompt, in whatever language its texts are. */
  readonly shaped: boolean;
  /** It has the head of a coding agent's file. */
  readonly headed: boolean;
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

/** Characters whose words tell whether a file speaks to a model. */
const MAX_HEAD = 8 * 1024;
/** A prompt is a text of people; longer files are corpora. */
const MAX_PROMPT = 256 * 1024;

/** Prompts and prompt templates kept as files. */
/** Of files whose path says nothing. */
const MAX_UNNAMED = 64 * 1024;
const UNNAMED = /\.(?:txt|md|tmpl|tpl|gotmpl|j2|jinja2?|hbs|handlebars|mustache|liquid|stg?)$/i;
/** Pages of a site, letters, and what stands beside a program for its authors. */
const PAGES =
  /(?:^|\/)(?:content|posts?|_posts|blog|pages|website|site|wiki|news|articles|emails?|mails?|mailers?|newsletters?|notifications?|outputs?|results?|logs?)\/|(?:^|[/_.-])(?:e?mails?|newsletter|licen[cs]e|copying|notice|authors|todo|requirements|readme|guide|quickstart|manual|tutorial|notes|robots|llms|llms-full)(?:[_.-][\w.-]*)?\.\w+$/i;
/** What lies here is read as data, unless it begins as a prompt does. */
const DATA_FOLDER = /(?:^|\/)(?:data|datasets?|public|examples?|samples?|documents|docs|knowledge(?:[-_]base)?)\//i;
/** A name in which a word beside `prompt` says that the file is about prompts, for the authors of the program. */
const ABOUT =
  /(?:^|[/_-])prompts?[_-](?:\w+[_-])*(?:quickstart|guide|guidelines|readme|summary|api|architecture|setup|docs?|documentation|overview|migration|implementation|changelog|integration|management|usage|howto|tutorial|reference|roadmap|plan|review|analysis|report|comparison|testing|best[_-]practices)(?:[_-]\w+)*\.md$/i;

/** Hidden folders are those of tools of the authors. */
const HIDDEN = /(?:^|\/)\.[^/]+\//;

const isNamed = (path: string): boolean =>
  CERTAIN.test(path) || (!ABOUT.test(path) && (NEAR_FOLDER.test(path) || NAMED.test(path)) && (TEXT.test(path) || DATA.test(path)));
const couldSpeak = ({ path, size }: { readonly path: string; readonly size: number }): boolean =>
  size <= MAX_UNNAMED && UNNAMED.test(path) && !HIDDEN.test(path);

export const promptsCrawler = defineCrawler<PromptFacts>({
  id: 'prompts',
  wants: ({ path, size }) => size > 0 && size <= MAX_PROMPT && !NOT.test(path) && (isNamed(path) || couldSpeak({ path, size })),
  prefilter: (latin1, path) => isNamed(path) || opensAsPrompt(latin1) || scoreOf(latin1.slice(0, MAX_HEAD)) > 1,
  extract({ path, text }, knowledge) {
    const named = isNamed(path);
    if (!named && knowledge.get(agentsSection).file(path) !== undefined) return {};
    const score = scoreOf(text);
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
    return {
      facts: {
        component,
        observations,
        score,
        certain,
        named,
        opens: opensAsPrompt(text),
        shaped: isShaped(text),
        headed: AGENT_HEAD.test(text),
      },
    };
  },
  detect(files, project) {
    const ai = usesAi(project);
    const isDocument = documentsTest(project);
    const speaks = speakingTest(project);
    const kept = files.filter(({ path, facts }) => {
      if (facts.certain) return ai || facts.score > 0;
      if (!facts.named) return ai && speaks(path, facts) && (facts.opens || !isDocument(path));
      if (isDocument(path)) return false;
      // Data files named for prompts are often tables of questions to the user of a program.
      if (DATA.test(path)) return (facts.score > 1 && (ai || facts.score > 2)) || (ai && facts.shaped);
      return NEAR_FOLDER.test(path) ? ai || facts.score > 2 : ai ? facts.score > 1 : facts.score > 2;
    });
    return { components: kept.map(({ facts }) => facts.component), observations: kept.flatMap(({ facts }) => facts.observations) };
  },
});

/** What a file is given to, or the place that names it, tells that it goes to a model. */
const GIVEN = /prompt|instruction|system|template|persona|context|role|soul|character|agent/i;

/** Files whose path says nothing: they begin as prompts do, or a program that asks a model reads them. */
function speakingTest(project: Project): (path: string, facts: PromptFacts) => boolean {
  const asking = new Set<string>();
  const data = new Set<string>();
  for (const component of project.found.flatMap(({ components }) => components ?? [])) {
    if (component.kind === 'dataset') data.add(component.name);
    if (component.kind === 'model' || component.kind === 'service' || component.kind === 'agent')
      for (const { location } of component.occurrences) asking.add(location.path);
  }
  const given = new Set<string>();
  const called = new Set<string>();
  for (const { text, location, key, callee } of project.found.flatMap(({ mentions }) => mentions ?? [])) {
    if (asking.has(location.path)) given.add(text);
    if (GIVEN.test(key ?? '') || GIVEN.test(callee ?? '')) called.add(text);
  }
  return (path, { score, opens, headed, component }) => {
    if (data.has(path) || PAGES.test(path) || (!opens && DATA_FOLDER.test(path))) return false;
    if (called.has(path)) return opens || score > 1;
    if (given.has(path) && (opens || (score > 1 && component.purpose === 'template'))) return true;
    return opens && (score > 1 || OF_AI.test(path)) && !headed && !AGENT_FILE.test(path);
  };
}
/** Folders whose files are about models. */
const OF_AI = /(?:^|\/)(?:ai|llms?|gpt|genai|openai|anthropic|claude|gemini|personas?|assistants?|system[-_]?messages?)\//i;
/** Folders of plug-ins for coding agents, and the head of what lies there. */
const AGENT_FILE = /(?:^|\/)(?:commands|skills|rules|chatmodes|output-styles)\/(?:[^/]+\/){0,2}[^/]+\.md$/i;
const AGENT_HEAD = /^---\r?\n[^\0]{0,2000}?^description:/m;

/** The target calls or runs models at all, so that a folder `prompts` is about them. */
const usesAi = (project: Project): boolean =>
  project.found.some((discovery) =>
    discovery.components?.some(
      ({ kind }) => kind === 'model' || kind === 'service' || kind === 'agent' || kind === 'mcp-server' || kind === 'vector-store',
    ),
  );
