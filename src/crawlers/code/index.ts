import { LimitError } from '../../core/errors.ts';
import { detectSection } from '../../knowledge/detect.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { extractFacts, MAX_SOURCE_BYTES } from '../../lang/extract.ts';
import type { SourceFacts } from '../../lang/facts.ts';
import { frontendOf, interpreterOf } from '../../lang/index.ts';
import { recipesAsScript } from '../../lang/make.ts';
import { processesAsScript, toxAsScript } from '../../lang/procfile.ts';
import { withoutTests } from '../../lang/rust-tests.ts';
import { razorBlocks } from '../../lang/razor-blocks.ts';
import { scriptBlocks } from '../../lang/script-blocks.ts';
import { shellFacts } from '../../lang/shell.ts';
import { defineCrawler, type Extraction, type TextFile } from '../crawler.ts';
import { extractNotebook, foreignNotebook } from '../notebook.ts';
import { CRAWLER } from './context.ts';
import { detectCode } from './detect.ts';
import { exportedNotebook } from './exported.ts';
import { interestIn } from './interest.ts';
import { mentionsAi } from './prefilter.ts';

/** Vendored, generated and minified code is not the project's. */
const NOT_OURS =
  /(?:^|\/)(?:node_modules|vendor|third_party|site-packages|dist-packages|bower_components|\.git|\.venv|venv|\.tox|__pycache__|\.next|\.nuxt|\.output|\.mastra|\.svelte-kit|\.vercel|\.wrangler)\/|\.min\.[cm]?js$|[.-](?:bundle|chunk)\.[cm]?js$|_pb2(?:_grpc)?\.pyi?$|\.pb\.go$|\.d\.ts$/;

const NOTEBOOK = /\.ipynb$/i;
const COMPONENT = /\.(?:vue|svelte|astro|html?|razor|cshtml)$/i;
const RAZOR = /\.(?:razor|cshtml)$/i;
/** Pages that are made: documentation, reports of coverage. */
const MADE_PAGE = /(?:^|\/)(?:docs?|documentation|javadoc|apidocs|htmlcov|coverage|_build|_site|site|reports?)\/.*\.html?$/i;
const SHELL = /\.(?:sh|bash|zsh|ps1|bat|cmd)$/i;
const MAKE = /(?:^|\/)(?:(?:GNU)?makefile|\.?justfile)$|\.(?:mk|just)$/i;
const PROCFILE = /(?:^|\/)Procfile(?:\.\w+)?$/;
const TOX = /(?:^|\/)tox\.ini$/;
/** Programs without an extension: their first line says what runs them. */
const PROGRAM = /(?:^|\/)(?:s?bin|scripts?|exe|tools?)\/[\w-]+$/;
/** A notebook that only fetches data names no library. */
const FETCHES_DATA = /\bkaggle (?:datasets|competitions) download\b/;
/** Notebooks carry their outputs: pictures of many megabytes. */
const MAX_NOTEBOOK_BYTES = 32 * 1024 * 1024;

async function extract({ path, text }: TextFile, knowledge: Knowledge): Promise<Extraction<SourceFacts>> {
  if (NOTEBOOK.test(path)) {
    const foreign = foreignNotebook(text);
    if (foreign) {
      const { frontend, lineOf } = foreign;
      const interest = interestIn(knowledge, frontend.language);
      return mentionsAi(knowledge, frontend.language, foreign.text)
        ? guard(path, async () => ({ ...(await extractFacts(foreign.text, frontend, interest, { lineOf })), notebook: true }))
        : {};
    }
    return mentionsAi(knowledge, 'python', rowsOf(text)) || FETCHES_DATA.test(text)
      ? guard(path, () => extractNotebook(text, interestIn(knowledge, 'python')))
      : {};
  }
  if (text.length > MAX_SOURCE_BYTES) return { skipped: [{ path, reason: 'too-large', detail: `source of ${text.length} characters` }] };
  const interpreter = PROGRAM.test(path) ? interpreterOf(text) : undefined;
  if (SHELL.test(path) || interpreter === 'shell') return { facts: shellFacts(text) };
  if (MAKE.test(path)) return { facts: shellFacts(recipesAsScript(text)) };
  if (PROCFILE.test(path)) return { facts: shellFacts(processesAsScript(text)) };
  if (TOX.test(path)) return { facts: shellFacts(toxAsScript(text)) };
  if (COMPONENT.test(path)) {
    const script = RAZOR.test(path) ? razorBlocks(text) : scriptBlocks(text);
    return script && mentionsAi(knowledge, script.frontend.language, script.text)
      ? guard(path, () => extractFacts(script.text, script.frontend, interestIn(knowledge, script.frontend.language)))
      : {};
  }
  const frontend = interpreter ?? frontendOf(path);
  const exported = frontend?.language === 'python' ? exportedNotebook(text) : undefined;
  if (frontend && exported) {
    const { shell, lineOf } = exported;
    return mentionsAi(knowledge, 'python', text)
      ? guard(path, async () => ({ ...(await extractFacts(exported.text, frontend, interestIn(knowledge, 'python'), { lineOf })), shell }))
      : {};
  }
  const source = frontend?.language === 'rust' ? withoutTests(text) : text;
  return frontend && mentionsAi(knowledge, frontend.language, source)
    ? guard(path, () => extractFacts(source, frontend, interestIn(knowledge, frontend.language)))
    : {};
}

/** A notebook with its rows of code on rows of their own: some programs write all of it on one. */
const rowsOf = (text: string): string => (text.slice(0, 2_000).includes('\n') ? text : text.replaceAll(/(?<=\[|, ?)"|\\n/g, '\n'));

async function guard(path: string, read: () => Promise<SourceFacts | undefined>): Promise<Extraction<SourceFacts>> {
  try {
    const facts = await read();
    return facts ? { facts } : {};
  } catch (error) {
    if (error instanceof LimitError) return { skipped: [{ path, reason: 'limit', detail: error.message }] };
    throw error;
  }
}

/** AI in source code: what calls mean, resolved through imports, constants and configuration. */
export const codeCrawler = defineCrawler<SourceFacts>({
  id: CRAWLER,
  heavy: true,
  maxSize: MAX_NOTEBOOK_BYTES,
  wants: ({ path }) =>
    (frontendOf(path) !== undefined ||
      NOTEBOOK.test(path) ||
      COMPONENT.test(path) ||
      SHELL.test(path) ||
      MAKE.test(path) ||
      PROCFILE.test(path) ||
      TOX.test(path) ||
      PROGRAM.test(path)) &&
    !NOT_OURS.test(path) &&
    !MADE_PAGE.test(path),
  extract,
  detect: (files, project) => detectCode(files, project, project.knowledge.get(detectSection)),
});
