import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/clients/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // node:punycode is asked for by whatwg-url of node-fetch 2, deep in a dependency; the built app gets the library instead
    execArgv: ['--disable-warning=DEP0040'],
    reporters: ['default'],
  },
});
