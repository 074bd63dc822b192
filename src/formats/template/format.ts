import { LimitError } from '../../core/errors.ts';
import { baseName, defineReader, hasExtension } from '../reading.ts';
import { judgeTemplate, MAX_TEMPLATE } from './index.ts';

const EXTENSIONS = ['.jinja', '.jinja2', '.j2', '.template'];

/** `chat_template.jinja` of transformers, and files in `additional_chat_templates/`. */
const isChat = (path: string): boolean => /chat[_-]?template/i.test(path) || baseName(path) === 'template.jinja';

/** Template files. A template has no magic: the extension is all there is. */
export const template = defineReader({
  id: 'jinja',
  extensions: EXTENSIONS,
  matches: ({ path, head }) => (hasExtension(path, ...EXTENSIONS) && !head.includes(0) ? 'maybe' : 'no'),
  async read({ reader, path }, context, draft) {
    draft.certain = true;
    if (reader.size > MAX_TEMPLATE) throw new LimitError('template-size', `template is longer than ${MAX_TEMPLATE} bytes`);
    const text = Buffer.from(await reader.read(0, reader.size)).toString('utf8');
    judgeTemplate(text, { kind: isChat(path) ? 'chat' : 'general', name: baseName(path) }, context, draft);
  },
});
