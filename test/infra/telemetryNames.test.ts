import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofType, textAt } from '../../tools/infra-check/snapshot.ts';
import { readSnapshot } from './snapshots.ts';

const folder = join(import.meta.dirname, '..', '..', 'src', 'adapters', 'telemetry');
const source = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
const snapshot = readSnapshot('trial');

const namesIn = (text: string): readonly string[] => [...new Set([...text.matchAll(/["']+(spillway\.[a-z_.]+)\\?["']/g)].map((match) => match[1] ?? ''))];

const asked = {
  'the alerts': ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules').map((rule) => textAt(rule.body, 'properties.criteria.allOf.0.query') ?? '').join('\n'),
  'the workbook': ofType(snapshot, 'Microsoft.Insights/workbooks').map((workbook) => textAt(workbook.body, 'properties.serializedData') ?? '').join('\n'),
};

test.each(Object.entries(asked))('%s asks for what the app sends, under the names it sends it by', (_, text) => {
  const names = namesIn(text);
  expect(names.length).toBeGreaterThanOrEqual(2);
  expect(names.filter((name) => !namesIn(source).includes(name))).toEqual([]);
});
