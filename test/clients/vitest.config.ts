import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Sessions of clients that we did not write: slow, and only where those clients are there. They wait more than they work. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, '../..'),
  test: {
    include: ['test/clients/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    reporters: ['verbose'],
  },
});
