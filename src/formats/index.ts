import { zipFormat } from './archive/zip/format.ts';
import { compressedFormats } from './archive/compressed.ts';
import { tarFormat } from './archive/tar/format.ts';
import { opaqueFormat } from './archive/opaque.ts';
import { sevenZipFormat } from './archive/sevenzip/format.ts';
import type { Format } from './format.ts';
import { lfsPointerFormat } from './lfs-pointer.ts';
import { nativeFormat } from './native/format.ts';
import { numpyFormat } from './numpy/format.ts';
import { pickleFormat } from './pickle/index.ts';
import { pythonFormat } from './script/python.ts';
import { tensorFormats } from './tensor-formats.ts';
import { torchLegacyFormat } from './torch/legacy.ts';

/** Every format, in the order of attempts. Those with magic bytes come first; add yours here. */
export const formats: readonly Format[] = [
  lfsPointerFormat,
  zipFormat,
  torchLegacyFormat,
  pickleFormat,
  numpyFormat,
  ...tensorFormats,
  tarFormat,
  ...compressedFormats,
  sevenZipFormat,
  opaqueFormat,
  nativeFormat,
  pythonFormat,
];
