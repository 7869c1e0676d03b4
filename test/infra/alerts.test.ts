import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { validateFleet } from '../../src/config/loadFleet.ts';
import type { Fleet } from '../../src/domain/fleet.ts';
import { alertPayload, alertRuleTypes } from '../../tools/infra-check/alertPayload.ts';
import type { AlertMoment } from '../../tools/infra-check/alertPayload.ts';
import { deployedFleetOf } from '../../tools/infra-check/deployedFleet.ts';
import { mergeFleet } from '../../tools/infra-check/fleetFile.ts';
import { listAt, recordAt } from '../../tools/infra-check/snapshot.ts';
import type { SnapshotResource } from '../../tools/infra-check/snapshot.ts';
import { harness } from '../functions/http/harness.ts';
import { readSnapshot } from './snapshots.ts';
import type { SnapshotName } from './snapshots.ts';

const firedAtMs = Date.parse('2026-11-22T18:59:30.123Z');

/** The fleet of a snapshot, with attach mode's own policy or the trial's: drills name stamps, and are left out. */
function fleetOf(name: SnapshotName): Fleet {
  const file = name === 'attach' ? 'attach.policy.yaml' : 'fleet.policy.yaml';
  const policy: unknown = parse(readFileSync(join(import.meta.dirname, '..', '..', 'infra', 'params', file), 'utf8'));
  const merged = mergeFleet(deployedFleetOf(readSnapshot(name)), { ...Object(policy), drills: [] });
  if (merged.kind === 'problem') throw new Error(merged.message);
  const loaded = validateFleet(merged.file);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
  return loaded.fleet;
}

const cases = [
  { name: 'trial', rules: 18, first: 'swc', origin: 'swc.origin.example.com', region: 'Sweden Central' },
  { name: 'production', rules: 22, first: 'eus2', origin: 'eus2.origin.example.com', region: 'East US 2' },
  { name: 'attach', rules: 20, first: 'uks', origin: 'uks.shop.example.com', region: 'UK South' },
] as const;

describe.each(cases)('alert rules of the $name snapshot, through the app', ({ name: snapshotName, rules: ruleCount, first, origin, region }) => {
  const fleet = fleetOf(snapshotName);
  const rules = readSnapshot(snapshotName).resources.filter((resource) => alertRuleTypes.some((type) => type.toLowerCase() === resource.type.toLowerCase()));
  const moment: AlertMoment = {
    condition: 'Fired',
    firedAtMs,
    resolvedAtMs: firedAtMs + 600_000,
    dimensionValues: { Origin: origin, loss: `loss of ${first}` },
    resourceId: fleet.stamps.find((stamp) => stamp.name === first)?.cluster.resourceId ?? '',
    region,
  };

  /** The stamp that an alert of this rule is about; none for what is about the control plane itself, or about a loss that has not come. */
  const stampOf = (ruleName: string): readonly string[] => {
    const own = fleet.stamps.find((stamp) => ruleName.includes(`-${stamp.name}-`));
    if (own !== undefined) return [own.name];
    return ['-heartbeat-', '-certificate-', '-survival-'].some((part) => ruleName.includes(part)) ? [] : [first];
  };

  test('every kind of rule is there', () => {
    expect(rules).toHaveLength(ruleCount);
    expect(new Set(rules.map((rule) => rule.type.toLowerCase()))).toEqual(new Set(alertRuleTypes.map((type) => type.toLowerCase())));
  });

  test('a rule whose conditions no event meets never fires', () => {
    const health = rules.find((rule) => rule.name.endsWith('-service-health'));
    if (health === undefined) throw new Error('no rule on Service Health');
    const withRegions = (containsAny: readonly string[]): SnapshotResource => {
      const allOf = [...listAt(health.body, 'properties.condition.allOf'), { field: 'properties.impactedServices[*].ImpactedRegions[*].RegionName', containsAny }];
      return { ...health, body: { ...health.body, properties: { ...recordAt(health.body, 'properties'), condition: { allOf } } } };
    };
    expect(() => alertPayload(withRegions([region.replaceAll(' ', '').toLowerCase()]), moment)).toThrow(/does not fire/);
    expect(alertPayload(withRegions(['Global', region]), moment)).toMatchObject({ schemaId: 'azureMonitorCommonAlertSchema' });
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))('%s fires: the webhook takes it and knows the stamp', async (name, rule) => {
    const { call, looks } = harness({ fleet });
    const answered = await call('POST', '/api/alerts/azure-monitor', { body: alertPayload(rule, moment) });
    expect(answered).toMatchObject({ status: 202, body: { result: 'stored', stamps: stampOf(name) } });
    expect(looks).toHaveLength(1);
  });

  test.each(rules.map((rule) => [rule.name, rule] as const))('%s resolves under the same id', async (_, rule) => {
    const { call, state } = harness({ fleet });
    const fired = await call('POST', '/api/alerts/azure-monitor', { body: alertPayload(rule, moment) });
    const resolved = await call('POST', '/api/alerts/azure-monitor', { body: alertPayload(rule, { ...moment, condition: 'Resolved' }) });
    expect(resolved).toMatchObject({ status: 202, body: { alertId: fired.body.alertId, result: 'stored' } });
    expect(state.documents.size).toBe(1);
  });
});
