import { defineConfig } from 'vitest/config';

/** All suites of the Action, on the runner's own node: `npm run test:action`. */
export default defineConfig({
  test: {
    include: ['test/action/**/*.test.ts'],
    globalSetup: ['test/setup/knowledge.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    env: { ASSAY_ACTION_FULL: '1' },
  },
});
