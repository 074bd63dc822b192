import { bytesReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { decodePayload, inspectEncodedText } from '../encoded.ts';
import { escapes } from '../external-path.ts';
import type { InspectContext } from '../format.ts';
import { kerasFacts, isKerasConfig, walkKeras } from '../keras/walk.ts';
import { judgeText } from '../model-config/json.ts';
import { walkConfig } from '../model-config/walk.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import { isObject, parseJson } from '../strict-json.ts';

/** Binary pickle, or a text pickle that imports or builds at once. */
const looksLikePickle = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 1 && (bytes[1] ?? 9) <= 5) ||
  /^(?:\(?[ci][A-Za-z_][\w.]*\r?\n[\w.]+\r?\n|\((?:l|d)p?\d*\r?\n)/.test(Buffer.from(bytes.subarray(0, 200)).toString('latin1'));

/** Judges the value of an attribute or of an element, whatever it is. */
export async function judgeValue(bytes: Uint8Array, where: string, path: string, context: InspectContext, draft: Draft): Promise<void> {
  spend(context, 1 + Math.ceil(bytes.length / 64));
  const member = `${path}!${printable(where, 80)}`;
  if (looksLikePickle(bytes)) {
    draft.facts['pickledValues'] = true;
    draft.absorb(await context.inspect({ path: member, reader: bytesReader(bytes) }), member);
    return;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').replace(/\0+$/, '');
  if (/^\s*[[{]/.test(text)) {
    try {
      const { value } = parseJson(text, { lenient: true });
      walkKeras(value, context, draft);
      await walkConfig(value, member, context, draft);
      if (isObject(value) && isKerasConfig(value)) {
        draft.format = 'keras-h5';
        kerasFacts(value, draft);
      }
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof LimitError)) throw error;
      await judgeText(text, context, draft);
      if (where.endsWith('_config'))
        draft.report('incomplete-artifact', { reason: 'malformed', detail: `${printable(where)}: ${error.message}` });
    }
  } else if (text.length > 8 && decodePayload(text)) await inspectEncodedText(text, member, context, draft);
}

/** A link or a list of raw data files that leaves this file. */
export function judgeExternal(kind: string, file: string, name: string, draft: Draft): void {
  const args = { problem: kind, tensor: printable(name, 80), target: printable(file) };
  // A model that reads other files of its folder is odd; one that names a place elsewhere wants something.
  draft.report('external-reference', args, escapes(file) ? {} : { verdict: 'suspicious', severity: 'medium' });
}
