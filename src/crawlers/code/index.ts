import { LimitError } from '../../core/errors.ts';
import { detectSection } from '../../knowledge/detect.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { extractFacts, MAX_SOURCE_BYTES } from '../../lang/extract.ts';
import type { SourceFacts } from '../../lang/facts.ts';
import type { Frontend, Interest } from '../../lang/frontend.ts';
import { frontendOf } from '../../lang/index.ts';
import { defineCrawler, type Extraction, type TextFile } from '../crawler.ts';
import { CRAWLER } from './context.ts';
import { detectCode } from './detect.ts';
import { interestIn } from './interest.ts';

/** Vendored, generated and minified code is not the project's. */
const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|third_party|site-packages|dist-packages|bower_components|\.git|\.venv|venv|\.tox|__pycache__|\.next|\.nuxt|\.output)\/|\.min\.[cm]?js$|[.-](?:bundle|chunk)\.[cm]?js$|_pb2(?:_grpc)?\.pyi?$|\.pb\.go$|\.d\.ts$/;

async function extract({ path, text }: TextFile, knowledge: Knowledge): Promise<Extraction<SourceFacts>> {
  const frontend = frontendOf(path);
  if (!frontend) return {};
  if (text.length > MAX_SOURCE_BYTES) return { skipped: [{ path, reason: 'too-large', detail: `source of ${text.length} characters` }] };
  return parse(path, text, frontend, interestIn(knowledge, frontend.language));
}

async function parse(path: string, text: string, frontend: Frontend, interest: Interest): Promise<Extraction<SourceFacts>> {
  try {
    return { facts: await extractFacts(text, frontend, interest) };
  } catch (error) {
    if (error instanceof LimitError) return { skipped: [{ path, reason: 'limit', detail: error.message }] };
    throw error;
  }
}

let prefilter: RegExp | undefined;

/** AI in source code: what calls mean, resolved through imports, constants and configuration. */
export const codeCrawler = defineCrawler<SourceFacts>({
  id: CRAWLER,
  heavy: true,
  wants: ({ path }) => frontendOf(path) !== undefined && !NOT_OURS.test(path),
  extract,
  detect: (files, project) => {
    void prefilter;
    return detectCode(files, project, project.knowledge.get(detectSection));
  },
});
