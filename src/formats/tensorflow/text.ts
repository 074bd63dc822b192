import { LimitError, ParseError } from '../../core/errors.ts';
import { defineReader, hasExtension, spend } from '../reading.ts';
import { decodeUtf8 } from '../strict-json.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { GraphJudge } from './judge.ts';

const MAX_TEXT = 64 * 1024 * 1024;
/** `op: "Name"` of a NodeDef in protobuf's text format. */
const OPERATOR = /\bop\s*:\s*(?:"([^"\n]{1,200})"|'([^'\n]{1,200})')/g;

/** `signature { name: "f"` of a FunctionDef. */
const FUNCTION = /\bsignature\s*:?\s*[{<]\s*name\s*:\s*"([^"\n]{1,400})"/g;

/** Attributes that name the file or address that values are written to. */
const WRITTEN = /\bkey\s{0,8}:\s{0,8}"(output_stream|debug_urls)"\s{0,40}value\s{0,8}\{[^}]{0,80}?\bs\s{0,8}:\s{0,8}"([^"\n]{1,400})"/g;

/** Every message of the text is closed; braces in strings and comments are not counted. */
function isBalanced(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|["'{}<>]/g)) {
    if (token === '{' || token === '<') depth += 1;
    else if (token === '}' || token === '>') depth -= 1;
    else if (token === '"' || token === "'") return false;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Graphs in protobuf's text format: `saved_model.pbtxt`, `graph.pbtxt`. Operators only. */
export const tensorflowText = defineReader({
  id: 'tensorflow-pbtxt',
  extensions: ['.pbtxt'],
  matches: ({ head, path }) => (hasExtension(path, '.pbtxt') && !head.includes(0) ? 'maybe' : 'no'),
  async read({ reader }, context, draft) {
    if (reader.size > MAX_TEXT) throw new LimitError('pbtxt-size', 'text graph is too long');
    const text = decodeUtf8(await reader.read(0, reader.size));
    if (!/\b(?:node|graph_def|meta_graphs|node_def)\s*:?\s*\{/.test(text)) throw new ParseError('no graph in text');
    draft.certain = true;
    const judge = new GraphJudge(context.knowledge.get(vocabularySection), draft);
    for (const match of text.matchAll(FUNCTION)) judge.function(match[1] ?? '');
    for (const match of text.matchAll(OPERATOR)) {
      spend(context, 1);
      judge.node({ name: '', operator: match[1] ?? match[2] ?? '', inputs: [], strings: new Map() });
    }
    for (const [, key = '', value = ''] of text.matchAll(WRITTEN)) {
      spend(context, 1);
      judge.node({
        name: '',
        operator: key === 'output_stream' ? 'PrintV2' : 'DebugIdentity',
        inputs: [],
        strings: new Map([[key, value]]),
      });
    }
    judge.finish();
    if (!isBalanced(text)) draft.report('incomplete-artifact', { reason: 'truncated', detail: 'text graph ends inside a message' });
    draft.facts['operators'] = Object.fromEntries([...judge.operators].sort().slice(0, 200));
  },
});
