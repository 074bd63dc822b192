import { describe, expect, test } from 'vitest';
import { hdf5Cases } from '../../fixtures/artifacts/graph/hdf5.ts';
import { onnxCases } from '../../fixtures/artifacts/graph/onnx.ts';
import { otherCases } from '../../fixtures/artifacts/graph/others.ts';
import { tensorflowCases } from '../../fixtures/artifacts/graph/tensorflow.ts';
import { ggufCases } from '../../fixtures/artifacts/tensor/gguf.ts';
import { safetensorsCases } from '../../fixtures/artifacts/tensor/safetensors.ts';
import { configCases } from '../../fixtures/artifacts/template/config.ts';
import { templateCases } from '../../fixtures/artifacts/template/cases.ts';
import { inspectBytes } from './harness.ts';

describe.each([
  ['safetensors', safetensorsCases],
  ['gguf', ggufCases],
  ['template', templateCases],
  ['config', configCases],
  ['onnx', onnxCases],
  ['hdf5', hdf5Cases],
  ['others', otherCases],
  ['tensorflow', tensorflowCases],
])('%s', (_, cases) => {
  test.each(cases.map((item) => [item.name, item] as const))('%s', async (_name, { bytes, path, expected }) => {
    const inspection = await inspectBytes(bytes(), path);
    expect(inspection.verdict, JSON.stringify(inspection.findings, null, 1)).toBe(expected);
  });
});
