import { defineConfig } from 'vitest/config';

/** Needs a PostgreSQL server: run it with `npm run test:postgres`. */
export default defineConfig({
  test: {
    include: ['test/postgres/**/*.postgres.ts'],
    globalSetup: ['test/setup/knowledge.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
