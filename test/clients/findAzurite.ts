import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const findAzurite = (): { readonly kind: 'found' } | { readonly kind: 'none'; readonly why: string } =>
  existsSync(resolve('node_modules/azurite/package.json')) ? { kind: 'found' } : { kind: 'none', why: 'the npm package azurite is not installed' };
