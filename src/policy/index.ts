export { applyPolicy, type Judgeable, type Judged, type PolicyInput } from './apply.ts';
export { parseBaseline, type Baseline } from './baseline.ts';
export { DEFAULT_FAIL_ON, exitCodeOf } from './gate.ts';
export { inlineIgnores, type InlineIgnore } from './inline.ts';
export type { Notice } from './notice.ts';
export { emptyPolicy, type Policy, type Waiver } from './policy.ts';
export { parseVex, type VexStatement } from './vex.ts';
