import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { defineReader, printable } from '../reading.ts';
import { inspectEncodedText } from '../encoded.ts';
import { judgeFreeText } from '../free-text.ts';
import { inspectTrailing } from '../remainder.ts';
import { judgeTemplate } from '../template/index.ts';
import { factsOf } from './facts.ts';
import { MetadataReader, type Metadata } from './metadata.ts';
import { readTensors } from './tensors.ts';

const MAGIC = [0x47, 0x47, 0x55, 0x46];
const DEFAULT_ALIGNMENT = 32;
/** Keys whose strings a runtime renders with Jinja: `tokenizer.chat_template`, `tokenizer.chat_template.tool_use` … */
const TEMPLATE_KEY = /template/i;

/** llama.cpp reads `general.alignment` as u32, and refuses what is no power of two. */
function alignmentOf(metadata: Metadata, draft: Draft): bigint {
  const value = metadata.values.get('general.alignment');
  if (value === undefined) return BigInt(DEFAULT_ALIGNMENT);
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0) return BigInt(value);
  draft.report('malformed-artifact', { problem: 'invalid-alignment' });
  return BigInt(DEFAULT_ALIGNMENT);
}

async function judgeStrings(input: ArtifactInput, metadata: Metadata, context: InspectContext, draft: Draft): Promise<void> {
  const names: string[] = [];
  for (const [key, value] of metadata.values) {
    const texts = typeof value === 'string' ? [value] : typeof value === 'object' ? value.strings : [];
    for (const text of texts) {
      if (TEMPLATE_KEY.test(key)) {
        names.push(printable(key));
        judgeTemplate(text, { kind: 'chat', name: key }, context, draft);
      } else if (typeof value === 'string') {
        judgeFreeText(text, key, draft);
        if (/\{[{%]/.test(text)) judgeTemplate(text, { kind: 'general', name: key }, context, draft);
        await inspectEncodedText(text, `${input.path}!${printable(key, 60)}`, context, draft);
      }
    }
  }
  if (names.length > 0) draft.facts['templates'] = [...new Set(names)];
  for (const key of metadata.duplicates) draft.report('malformed-artifact', { problem: 'duplicate-key', key: printable(key) });
  for (const key of metadata.oversized)
    draft.report('incomplete-artifact', { reason: 'limit', detail: `value of ${printable(key)} is too long` });
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const { reader } = input;
  const cursor = new Cursor(reader);
  await cursor.need(4);
  if (!cursor.take(4).every((byte, i) => byte === MAGIC[i])) throw new ParseError('no GGUF magic', 0);
  draft.certain = true;
  await cursor.need(4);
  let version = cursor.u32();
  // A big-endian file has its version in the upper half when it is read as little-endian.
  if ((version & 0xffff) === 0 && version !== 0) {
    cursor.littleEndian = false;
    cursor.seek(4);
    version = cursor.u32();
  }
  draft.facts['version'] = version;
  draft.facts['byteOrder'] = cursor.littleEndian ? 'little' : 'big';
  if (version < 1 || version > 3) throw new ParseError(`unknown GGUF version ${version}`, 4);

  const strings = new MetadataReader(cursor, version, context);
  const tensorCount = await strings.count();
  const keyCount = await strings.count();
  const metadata: Metadata = { values: new Map(), duplicates: new Set(), oversized: [], invalidUtf8: [] };
  try {
    await strings.read(keyCount, metadata);
  } finally {
    // What was read before the damage still counts: a template in a truncated file is a template.
    await judgeStrings(input, metadata, context, draft);
    factsOf(metadata, draft);
  }
  draft.facts['tensorCount'] = tensorCount;
  const alignment = alignmentOf(metadata, draft);
  const table = await readTensors(cursor, strings, version, tensorCount, alignment, context, draft);
  draft.card = {
    ...draft.card,
    ...(tensorCount > 0 && { parameterCount: Number(table.elements), dtypes: [...table.types.keys()].sort() }),
  };
  if (table.unknownTypes.length > 0)
    draft.report('incomplete-artifact', { reason: 'unsupported', detail: `tensor type ${table.unknownTypes[0]}` });

  const headerEnd = BigInt(cursor.position);
  const dataStart = tensorCount === 0 ? headerEnd : ((headerEnd + alignment - 1n) / alignment) * alignment;
  const dataEnd = dataStart + table.dataSize;
  if (dataEnd > BigInt(reader.size)) throw new ParseError('tensor data ends beyond the file', reader.size);
  if (table.unknownTypes.length === 0) await inspectTrailing(input, Number(dataEnd), context, draft);
}

/** https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 1 to 3, both byte orders. */
export const gguf = defineReader({
  id: 'gguf',
  extensions: ['.gguf'],
  matches: ({ head }) => (MAGIC.every((byte, i) => head[i] === byte) ? 'yes' : 'no'),
  read,
});
