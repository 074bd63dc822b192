import type { Node } from 'web-tree-sitter';
import type { LiteralFact } from './facts.ts';
import type { Frontend } from './frontend.ts';
import { contextOf } from './literals.ts';

/** Ends of strings that may name a file of texts or data (prompts, documents, tables), or a folder of skills. */
const END =
  /(?:[\w"'`/-]skills\/?|\.(?:txt|mdx?|rst|adoc|tmpl|tpl|gotmpl|j2|jinja2?|hbs|handlebars|mustache|liquid|stg?|ftl|erb|ejs|prompty?|poml|xml|ya?ml|toml|json|jsonl|ndjson|csv|tsv|parquet|arrow|feather|npz|npy|arff|libsvm|tfrecords?|xlsx?|pdf|docx?|pptx?|epub|html?|rtf))(["'`])/gi;
/** A path is shorter. */
const MAX_PATH = 240;
/** A file that names more is a list of files. */
const MAX_PATHS = 200;
/** Strings whose place in the tree is looked up. */
const MAX_LOOKED = 2_000;
const NOT_PATH = /[\n*?<>|]|:\/\/|^\s|^\.\w+$|^$/;

/** Strings that end as the name of a file of texts or data does, wherever they stand. */
export function findPaths(text: string, root: Node, frontend: Frontend, lineOf: (line: number) => number): LiteralFact[] {
  const facts: LiteralFact[] = [];
  let looked = 0;
  for (const match of text.matchAll(END)) {
    if (facts.length >= MAX_PATHS || ++looked > MAX_LOOKED) break;
    const end = match.index + match[0].length - 1;
    const start = text.lastIndexOf(match[1] ?? '"', end - 1) + 1;
    const value = text.slice(start, end);
    if (start === 0 || value.length > MAX_PATH || NOT_PATH.test(value)) continue;
    const node = root.descendantForIndex(start);
    if (!node || !frontend.strings.has(node.type)) continue;
    const context = contextOf(node, text, frontend);
    if (!context) continue;
    const { row, column } = node.startPosition;
    facts.push({ value, line: lineOf(row + 1), column: column + 1, ...context });
  }
  return facts;
}
