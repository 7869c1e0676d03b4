import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fleetJsonSchema, fleetReference } from './fleetDocs.ts';

/** `npm run fleet:schema`: writes what editors and readers need from the one schema of the fleet file. */
const root = resolve(import.meta.dirname, '..');

for (const [file, text] of [['schema/fleet.schema.json', fleetJsonSchema()], ['docs/fleet-file.md', fleetReference()]] as const) {
  mkdirSync(dirname(resolve(root, file)), { recursive: true });
  writeFileSync(resolve(root, file), text);
  console.log(`wrote ${file}`);
}
