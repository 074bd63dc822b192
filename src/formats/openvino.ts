import { LimitError } from '../core/errors.ts';
import { escapes } from './external-path.ts';
import { defineReader, printable } from './reading.ts';
import { beginsWith, decodeXml, MAX_XML, walkXml } from './xml.ts';

const LIBRARY = /\.(?:so(?:\.\d+)*|dll|dylib|py)$/i;
const PATH_KEYS = /^(?:path|file|filename|library|lib|plugin|location|source|source_file|src|config|extension|weights_path|kernel)$/i;
const OPSET = /^(?:opset\d+|ie_internal_opset|gpu_opset|SnippetsOpset|pageattention|extension|experimental|util|)$/;
const CODE_LAYERS = /^(?:Python\w*|PyFunc\w*|Script\w*|Exec|Execute|Shell\w*)$/i;
const CUSTOM_LAYERS = /^(?:Custom\w*|Extension|Plugin|GenericLayer)$/i;
const PARAMETER_TYPES = new Set([
  'f32',
  'f16',
  'bf16',
  'f64',
  'i64',
  'i32',
  'i8',
  'u8',
  'i4',
  'u4',
  'nf4',
  'boolean',
  'u1',
  'i16',
  'u16',
  'u32',
  'u64',
  'f8e4m3',
  'f8e5m2',
  'string',
  'f4e2m1',
  'f8e8m0',
  'u2',
  'u3',
  'u6',
]);

/** OpenVINO's intermediate representation: the graph as XML, the weights in a .bin beside it. */
export const openvino = defineReader({
  id: 'openvino',
  extensions: ['.xml'],
  matches: ({ head }) => (beginsWith(head, /<net\s[^>]*\bversion\s*=/) ? 'yes' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    if (reader.size > MAX_XML) throw new LimitError('xml-size', 'XML is too long');
    const text = decodeXml(await reader.read(0, reader.size));
    const layers = new Map<string, number>();
    const dtypes = new Set<string>();
    for (const item of walkXml(text, context, draft)) {
      if (typeof item === 'string') continue;
      const { name, attributes } = item;
      if (name === 'net') {
        draft.facts['irVersion'] = printable(attributes.get('version') ?? '', 20);
        const title = attributes.get('name');
        if (title !== undefined) draft.card = { architecture: printable(title) };
      } else if (name === 'layer') {
        const type = attributes.get('type') ?? '';
        layers.set(printable(type, 60), (layers.get(printable(type, 60)) ?? 0) + 1);
        const opset = attributes.get('version') ?? '';
        const layer = printable(attributes.get('name') ?? '', 80);
        if (CODE_LAYERS.test(type)) draft.report('dangerous-operation', { operation: printable(type, 60), kind: 'python', layer });
        else if (!OPSET.test(opset) || CUSTOM_LAYERS.test(type))
          draft.report('custom-operation', { operation: printable(type, 60), domain: printable(opset, 60), layer });
      }
      const element = attributes.get('element_type') ?? attributes.get('precision');
      if (element !== undefined && PARAMETER_TYPES.has(element.toLowerCase())) dtypes.add(element.toLowerCase());
      for (const [key, value] of attributes) {
        // Names and shapes may hold slashes; only keys that mean files are paths.
        if (!PATH_KEYS.test(key) || value === '') continue;
        const code = LIBRARY.test(value);
        if (escapes(value)) draft.report('external-reference', { problem: key, target: printable(value) });
        // Nothing in the format needs a library; whoever loads one runs its initialisers.
        else if (code) draft.report('external-reference', { problem: 'library', target: printable(value) });
      }
    }
    draft.facts['operators'] = Object.fromEntries([...layers].sort().slice(0, 200));
    if (dtypes.size > 0) draft.card = { ...draft.card, dtypes: [...dtypes].sort() };
  },
});
