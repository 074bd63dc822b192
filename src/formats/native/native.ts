import type { ArtifactFinding } from '../format.ts';
import { startsWith } from '../archive/bytes.ts';

/** Machine code by its header, checked beyond the magic so that random numbers do not match. */
export function nativeKind(head: Uint8Array): 'elf' | 'pe' | 'mach-o' | 'wasm' | 'java-class' | undefined {
  if (startsWith(head, [0x7f, 0x45, 0x4c, 0x46]) && (head[4] === 1 || head[4] === 2) && (head[5] === 1 || head[5] === 2) && head[6] === 1)
    return 'elf';
  if (startsWith(head, [0x4d, 0x5a]) && isPe(head)) return 'pe';
  if (startsWith(head, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])) return 'wasm';
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < 32) return undefined;
  const magic = view.getUint32(0, true);
  if (magic === 0xfeedface || magic === 0xfeedfacf) return isMachFileType(view.getUint32(12, true)) ? 'mach-o' : undefined;
  if (magic === 0xcefaedfe || magic === 0xcffaedfe) return isMachFileType(view.getUint32(12, false)) ? 'mach-o' : undefined;
  if (magic === 0xbebafeca) {
    const second = view.getUint32(4, false);
    // Universal binaries count their architectures where class files have a version of 45 or more.
    if (second > 0 && second < 20) return 'mach-o';
    if ((second & 0xffff) >= 45 && (second & 0xffff) < 100 && second >>> 16 < 4) return 'java-class';
  }
  return undefined;
}

const isMachFileType = (type: number): boolean => type >= 1 && type <= 12;

/** DOS header and, where it is in the head, `PE\0\0` at the offset it names. */
function isPe(head: Uint8Array): boolean {
  if (head.length < 64) return false;
  const at = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(60, true);
  if (at >= 64 && at <= head.length - 4) return startsWith(head, [0x50, 0x45, 0, 0], at);
  // llamafile and other "actually portable executables" begin `MZqFpD='` and have no such offset.
  return startsWith(head, [0x4d, 0x5a, 0x71, 0x46, 0x70, 0x44, 0x3d, 0x27]);
}

/** `#!` and an absolute interpreter. */
export const isScript = (head: Uint8Array): boolean =>
  startsWith(head, [0x23, 0x21]) && /^#! ?\/[\w/.-]+/.test(new TextDecoder('latin1').decode(head.subarray(0, 64)));

/** A program where weights should be. */
export function disguiseOf(head: Uint8Array): ArtifactFinding | undefined {
  const kind = nativeKind(head) ?? (isScript(head) ? 'script' : undefined);
  if (kind === undefined) return undefined;
  return { ruleId: 'disguised-executable', severity: 'critical', confidence: 'high', verdict: 'malicious', args: { kind } };
}
