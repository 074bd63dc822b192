interface GgmlType {
  readonly name: string;
  /** Elements per block. */
  readonly block: bigint;
  /** Bytes per block. */
  readonly size: bigint;
}

const entry = (id: number, name: string, block: number, size: number): readonly [number, GgmlType] => [
  id,
  { name, block: BigInt(block), size: BigInt(size) },
];

/** `ggml_type` of ggml.h with `type_traits` of ggml.c. 4 and 5 (Q4_2, Q4_3) were removed. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  entry(0, 'F32', 1, 4),
  entry(1, 'F16', 1, 2),
  entry(2, 'Q4_0', 32, 18),
  entry(3, 'Q4_1', 32, 20),
  entry(6, 'Q5_0', 32, 22),
  entry(7, 'Q5_1', 32, 24),
  entry(8, 'Q8_0', 32, 34),
  entry(9, 'Q8_1', 32, 36),
  entry(10, 'Q2_K', 256, 84),
  entry(11, 'Q3_K', 256, 110),
  entry(12, 'Q4_K', 256, 144),
  entry(13, 'Q5_K', 256, 176),
  entry(14, 'Q6_K', 256, 210),
  entry(15, 'Q8_K', 256, 292),
  entry(16, 'IQ2_XXS', 256, 66),
  entry(17, 'IQ2_XS', 256, 74),
  entry(18, 'IQ3_XXS', 256, 98),
  entry(19, 'IQ1_S', 256, 50),
  entry(20, 'IQ4_NL', 32, 18),
  entry(21, 'IQ3_S', 256, 110),
  entry(22, 'IQ2_S', 256, 82),
  entry(23, 'IQ4_XS', 256, 136),
  entry(24, 'I8', 1, 1),
  entry(25, 'I16', 1, 2),
  entry(26, 'I32', 1, 4),
  entry(27, 'I64', 1, 8),
  entry(28, 'F64', 1, 8),
  entry(29, 'IQ1_M', 256, 56),
  entry(30, 'BF16', 1, 2),
  entry(31, 'Q4_0_4_4', 32, 18),
  entry(32, 'Q4_0_4_8', 32, 18),
  entry(33, 'Q4_0_8_8', 32, 18),
  entry(34, 'TQ1_0', 256, 54),
  entry(35, 'TQ2_0', 256, 66),
  entry(36, 'IQ4_NL_4_4', 32, 18),
  entry(37, 'IQ4_NL_4_8', 32, 18),
  entry(38, 'IQ4_NL_8_8', 32, 18),
  entry(39, 'MXFP4', 32, 17),
  entry(40, 'NVFP4', 64, 36),
]);

/** `llama_ftype` of llama.h: what people call the quantisation of a file. */
export const FILE_TYPES: ReadonlyMap<number, string> = new Map(
  (
    [
      [0, 'F32'],
      [1, 'F16'],
      [2, 'Q4_0'],
      [3, 'Q4_1'],
      [7, 'Q8_0'],
      [8, 'Q5_0'],
      [9, 'Q5_1'],
      [10, 'Q2_K'],
      [11, 'Q3_K_S'],
      [12, 'Q3_K_M'],
      [13, 'Q3_K_L'],
      [14, 'Q4_K_S'],
      [15, 'Q4_K_M'],
      [16, 'Q5_K_S'],
      [17, 'Q5_K_M'],
      [18, 'Q6_K'],
      [19, 'IQ2_XXS'],
      [20, 'IQ2_XS'],
      [21, 'Q2_K_S'],
      [22, 'IQ3_XS'],
      [23, 'IQ3_XXS'],
      [24, 'IQ1_S'],
      [25, 'IQ4_NL'],
      [26, 'IQ3_S'],
      [27, 'IQ3_M'],
      [28, 'IQ2_S'],
      [29, 'IQ2_M'],
      [30, 'IQ4_XS'],
      [31, 'IQ1_M'],
      [32, 'BF16'],
      [36, 'TQ1_0'],
      [37, 'TQ2_0'],
      [38, 'MXFP4'],
    ] as const
  ).map(([id, name]) => [id, name] as const),
);
