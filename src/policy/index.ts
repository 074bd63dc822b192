export { applyPolicy, type PolicyInput } from './apply.ts';
export { parseBaseline, type Baseline } from './baseline.ts';
export { DEFAULT_FAIL_ON, exitCodeOf } from './gate.ts';
export { inlineIgnores } from './inline.ts';
export { emptyPolicy, type Policy, type Waiver } from './policy.ts';
export { parseVex } from './vex.ts';
