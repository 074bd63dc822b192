import { LimitError } from '../../core/errors.ts';
import { detectSection } from '../../knowledge/detect.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { extractFacts, MAX_SOURCE_BYTES } from '../../lang/extract.ts';
import type { SourceFacts } from '../../lang/facts.ts';
import { frontendOf } from '../../lang/index.ts';
import { recipesAsScript } from '../../lang/make.ts';
import { withoutTests } from '../../lang/rust-tests.ts';
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
const COMPONENT = /\.(?:vue|svelte|astro|html?)$/i;
/** Pages that are made: documentation, reports of coverage. */
const MADE_PAGE = /(?:^|\/)(?:docs?|documentation|javadoc|apidocs|htmlcov|coverage|_build|_site|site|reports?)\/.*\.html?$/i;
const SHELL = /\.(?:sh|bash|zsh|ps1|bat|cmd)$/i;
const MAKE = /(?:^|\/)(?:(?:GNU)?makefile|\.?justfile)$|\.(?:mk|just)$/i;
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
    return mentionsAi(knowledge, 'python', text) ? guard(path, () => extractNotebook(text, interestIn(knowledge, 'python'))) : {};
  }
  if (text.length > MAX_SOURCE_BYTES) return { skipped: [{ path, reason: 'too-large', detail: `source of ${text.length} characters` }] };
  if (SHELL.test(path)) return { facts: shellFacts(text) };
  if (MAKE.test(path)) return { facts: shellFacts(recipesAsScript(text)) };
  if (COMPONENT.test(path)) {
    const script = scriptBlocks(text);
    return script && mentionsAi(knowledge, script.frontend.language, script.text)
      ? guard(path, () => extractFacts(script.text, script.frontend, interestIn(knowledge, script.frontend.language)))
      : {};
  }
  const frontend = frontendOf(path);
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
    (frontendOf(path) !== undefined || NOTEBOOK.test(path) || COMPONENT.test(path) || SHELL.test(path) || MAKE.test(path)) &&
    !NOT_OURS.test(path) &&
    !MADE_PAGE.test(path),
  extract,
  detect: (files, project) => detectCode(files, project, project.knowledge.get(detectSection)),
});
