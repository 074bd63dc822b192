/** Done and nothing open at or above `--fail-on`; findings at or above it; could not do what was asked. */
export const EXIT = { ok: 0, findings: 1, error: 2 } as const;
