import { incomplete } from '../findings.ts';
import type { Format } from '../format.ts';
import { ascii, startsWith } from './bytes.ts';

/** Archives that loaders do not open by themselves and that are not unpacked here. */
const KINDS: readonly (readonly [id: string, magic: Uint8Array])[] = [
  ['rar', ascii('Rar!\x1a\x07')],
  ['ace', ascii('**ACE**')],
  ['cab', ascii('MSCF\0\0\0\0')],
  ['ar', ascii('!<arch>\n')],
  ['cpio', ascii('070701')],
  ['compress', Uint8Array.of(0x1f, 0x9d)],
  ['lzip', ascii('LZIP\x01')],
  ['snappy', Uint8Array.of(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)],
];

const kindOf = (head: Uint8Array): string | undefined => KINDS.find(([, magic]) => startsWith(head, magic))?.[0];

export const opaqueFormat: Format = {
  id: 'opaque-archive',
  extensions: ['.rar'],
  matches: ({ head }) => (kindOf(head) === undefined ? 'no' : 'yes'),
  async inspect({ reader }) {
    const kind = kindOf(await reader.read(0, 16)) ?? 'archive';
    return { format: kind, findings: [incomplete('opaque', `${kind} archives are not opened`, { format: kind })], facts: {} };
  },
};
