/** Something about the policy itself that its author should know. No finding, no effect on the gate. */
export interface Notice {
  readonly code: 'waiver-expired' | 'waiver-unused' | 'ignore-without-reason' | 'ignore-unknown-rule' | 'vex-unmatched' | 'policy';
  readonly message: string;
  /** File and line: `assay.yaml:12`. */
  readonly source: string;
}
