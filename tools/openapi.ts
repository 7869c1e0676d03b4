import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { apiReference, openApiText } from './apiDocs.ts';

/** `npm run openapi`: writes docs/openapi.json and docs/api.md from the routes. */
const root = resolve(import.meta.dirname, '..');

for (const [file, text] of [['docs/openapi.json', openApiText()], ['docs/api.md', apiReference()]] as const) {
  writeFileSync(resolve(root, file), text);
  console.log(`wrote ${file}`);
}
