import { LimitError, ParseError } from '../../core/errors.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { inspectEncodedText } from '../encoded.ts';
import { judgeFreeText } from '../free-text.ts';
import type { Draft } from '../draft.ts';
import { defineReader, hasExtension, printable, spend } from '../reading.ts';
import { inspectBytesTensor, MAX_REGIONS } from '../region.ts';
import { inspectTrailing } from '../remainder.ts';
import { decodeUtf8, parseJson } from '../strict-json.ts';
import { judgeTemplate } from '../template/index.ts';
import { factsOf } from './facts.ts';
import { headerObject, readHeader } from './header.ts';

/** `MAX_HEADER_SIZE` of the reference implementation. */
const MAX_HEADER = 100_000_000n;
/** Larger headers are legal but not read: this is some 150,000 tensors, more than any known file has. */
const MAX_HEADER_READ = 16 * 1024 * 1024;
const EXTENSIONS = ['.safetensors'];

const lengthOf = (head: Uint8Array): bigint => new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);

function looksLikeHeader(head: Uint8Array): boolean {
  if (head.length < 10 || lengthOf(head) > MAX_HEADER || head[8] !== 0x7b) return false;
  // `{` is followed by a key, by `}` or by white space.
  return head[9] === 0x22 || head[9] === 0x7d || head[9] === 0x20 || head[9] === 0x0a;
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const { reader } = input;
  const head = await reader.read(0, 10);
  if (hasExtension(input.path, ...EXTENSIONS) || looksLikeHeader(head)) draft.certain = true;
  if (reader.size < 8 || head.length < 8) throw new ParseError('header too small', 0);
  const length = lengthOf(head);
  if (length > MAX_HEADER) {
    draft.report('malformed-artifact', { problem: 'header-too-large', bytes: String(length) }, { offset: 0 });
    throw new ParseError('header too large', 0);
  }
  if (length > BigInt(reader.size - 8)) throw new ParseError('header ends beyond the file', 0);
  if (Number(length) > MAX_HEADER_READ)
    throw new LimitError('safetensors-header', `header of ${length} bytes is over the limit of ${MAX_HEADER_READ}`);
  const bytes = await reader.read(8, Number(length));
  if (bytes[0] !== 0x7b) throw new ParseError('header does not start with {', 8);
  spend(context, Math.ceil(bytes.length / 16));

  const { value, duplicates } = parseJson(decodeUtf8(bytes), { bigints: true });
  for (const key of duplicates) draft.report('malformed-artifact', { problem: 'duplicate-key', tensor: printable(key) }, { offset: 8 });
  const header = readHeader(headerObject(value));
  spend(context, header.tensors.length);
  for (const { problem, tensor, detail } of header.problems) {
    draft.report(
      'malformed-artifact',
      {
        problem,
        ...(tensor !== undefined && { tensor: printable(tensor) }),
        ...(detail !== undefined && { detail: printable(detail) }),
      },
      { offset: 8 },
    );
  }
  factsOf(header, draft);
  for (const [key, text] of header.metadata) {
    judgeFreeText(text, key, draft);
    if (/chat_?template/i.test(key)) judgeTemplate(text, { kind: 'chat', name: key }, context, draft);
    else await inspectEncodedText(text, `${input.path}!__metadata__.${printable(key, 40)}`, context, draft);
  }

  const dataStart = 8 + bytes.length;
  const rows = header.tensors.filter(({ flat, dtype, end }) => flat && /^(?:[UI]8|BOOL)$/.test(dtype) && end <= BigInt(reader.size));
  for (const { name, begin, end } of rows.slice(0, MAX_REGIONS)) {
    const path = `${input.path}!${printable(name, 60)}`;
    draft.findings.push(...(await inspectBytesTensor(reader, dataStart + Number(begin), Number(end - begin), path, context)));
  }
  const dataEnd = BigInt(dataStart) + header.dataSize;
  if (dataEnd > BigInt(reader.size)) throw new ParseError('tensor data ends beyond the file', reader.size);
  if (dataEnd < BigInt(reader.size)) {
    // The reference implementation refuses even one padding byte (MetadataIncompleteBuffer).
    draft.report(
      'malformed-artifact',
      { problem: 'buffer-not-covered', bytes: reader.size - Number(dataEnd) },
      { offset: Number(dataEnd) },
    );
    await inspectTrailing(input, Number(dataEnd), context, draft);
  }
}

/** https://github.com/huggingface/safetensors: u64 length, JSON header, one buffer without holes. */
export const safetensors = defineReader({
  id: 'safetensors',
  extensions: EXTENSIONS,
  matches: ({ head, path }) => (looksLikeHeader(head) ? 'yes' : hasExtension(path, ...EXTENSIONS) ? 'maybe' : 'no'),
  read,
});
