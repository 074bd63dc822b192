import { ParseError } from '../../core/errors.ts';
import { judgeTarget } from '../python-target.ts';
import { defineReader, hasExtension, printable, spend } from '../reading.ts';
import { decodeUtf8 } from '../strict-json.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';

const MAX_CONFIG = 1024 * 1024;
const SECTION = /^\[([^\]]+)\]\s*$/;
const REGISTERED = /^@(\w+)\s*=\s*"([^"]*)"\s*$/;
const SETTING = /^(\w+)\s*=\s*(.*)$/;

/** spaCy's config.cfg: `@registry = "function"` names functions that registered packages provide. */
export const spacy = defineReader({
  id: 'spacy-config',
  extensions: ['.cfg'],
  matches: ({ path, head }) =>
    hasExtension(path, '.cfg') && /^\[(?:nlp|paths|components|system|training)\b/m.test(Buffer.from(head).toString('latin1'))
      ? 'maybe'
      : 'no',
  async read({ reader }, context, draft) {
    if (reader.size > MAX_CONFIG) throw new ParseError('too large for a spaCy configuration');
    const text = decodeUtf8(await reader.read(0, reader.size));
    if (!/^\[nlp\]/m.test(text)) throw new ParseError('no spaCy configuration');
    draft.certain = true;
    const namespaces = context.knowledge.get(vocabularySection).names('spacy', 'namespaces');
    let section = '';
    const components: string[] = [];
    for (const line of text.split(/\r?\n/)) {
      spend(context, 1);
      section = SECTION.exec(line)?.[1] ?? section;
      const registered = REGISTERED.exec(line);
      if (registered) {
        const [, registry = '', name = ''] = registered;
        const [namespace = ''] = name.split('.');
        // thinc's own functions carry a version only: `Adam.v1`.
        const known = namespaces.has(namespace) || /^[\w-]+\.v\d+$/.test(name);
        if (!known) {
          const dangerous = judgeTarget(name, context).kind === 'dangerous';
          draft.report(
            dangerous ? 'dangerous-object' : 'unknown-object',
            { key: `@${registry}`, target: printable(name), kind: 'registered' },
            dangerous ? {} : { verdict: null, severity: 'info' },
          );
        }
        continue;
      }
      const [, key, value] = SETTING.exec(line) ?? [];
      if (section === 'nlp' && key === 'lang') draft.card = { languages: [printable((value ?? '').replaceAll('"', ''), 20)] };
      if (key === 'factory') components.push(printable((value ?? '').replaceAll('"', ''), 40));
    }
    draft.facts['components'] = components.slice(0, 50);
  },
});
