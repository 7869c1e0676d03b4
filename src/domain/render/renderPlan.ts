import type { BlockedReason, Finding, Plan, PlanResult, StampSurge } from '../plan.ts';
import { bounds, count, duration, money, percent, rate } from './format.ts';

/** A plan as lines that a person understands without knowing the types. No time zone, no colour; ends without a line break. */
export function renderPlan(plan: Plan): string {
  return [
    `${headline(plan)} (revision ${plan.revision}, ${new Date(plan.at).toISOString()})`,
    ...section('Room', plan.surges.flatMap(surgeLines), 'no room needs to be made'),
    ...(plan.sheds.length > 0 ? section('Shed', plan.sheds.map((shed) => `${shed.stamp}: ${shed.workload} (HPA ${shed.namespace}/${shed.hpa}) replicas ${bounds(shed.before.minReplicas, shed.before.maxReplicas)} -> ${bounds(shed.after.minReplicas, shed.after.maxReplicas)}`), '') : []),
    ...section('Traffic', [
      ...plan.gates.map((gate) => `${gate.stamp}: gate ${gate.before} -> ${gate.after}`),
      ...plan.shifts.map((shift) => `${shift.stamp}: origin ${shift.originGroup}/${shift.origin} ${setting(shift.before)} -> ${setting(shift.after)}`),
    ], 'no traffic is moved'),
    ...section('Afterwards', expectedLines(plan), 'nothing is predicted'),
    ...(plan.notes.length > 0 ? section('Notes', plan.notes, '') : []),
  ].join('\n');
}

/** What planning answered: the plan with its findings, or why there is none. */
export function renderPlanResult(result: PlanResult): string {
  if (result.kind === 'blocked') return renderBlocked(result.reasons);
  return [renderPlan(result.plan), ...(result.findings.length > 0 ? section('Findings', result.findings.map(renderFinding), '') : [])].join('\n');
}

export const renderFinding = (finding: Finding): string => `${finding.severity} ${finding.invariant}: ${finding.message}`;

export function renderBlocked(reasons: readonly BlockedReason[]): string {
  const lines = reasons.flatMap((reason) => [
    `${reason.code}: ${reason.message}`,
    ...(reason.code === 'shortOfRoom' ? reason.shortfalls.map((one) => `  ${one.stamp}: ${one.subject} lacks ${count(one.missing)} ${one.unit} (${one.constraint}); ${one.fix}`) : []),
  ]);
  return ['Blocked', ...lines.map((line) => `  ${line}`)].join('\n');
}

function headline({ kind, mode, stamps, reach }: Plan): string {
  const verb = { failover: 'Failover of', drain: 'Drain of', failback: 'Failback to', drill: 'Drill on' }[kind];
  return `${verb} ${stamps.join(', ')}, ${mode}${reach === 'partial' ? ', in part' : ''}`;
}

function surgeLines({ stamp, pools, hpas }: StampSurge): string[] {
  return [
    ...pools.map((pool) => `${stamp}: pool ${pool.pool} nodes ${bounds(pool.before.minCount, pool.before.maxCount)} -> ${bounds(pool.after.minCount, pool.after.maxCount)}, ${count(pool.nodesWanted)} wanted`),
    ...hpas.map((hpa) => `${stamp}: ${hpa.workload} (HPA ${hpa.namespace}/${hpa.hpa}) replicas ${bounds(hpa.before.minReplicas, hpa.before.maxReplicas)} -> ${bounds(hpa.after.minReplicas, hpa.after.maxReplicas)}, ${count(hpa.replicasWanted)} wanted`),
  ];
}

function expectedLines({ expected }: Plan): string[] {
  const cost = expected.surgeCostPerHourUsd === null ? 'cost unknown' : `about ${money(expected.surgeCostPerHourUsd)} an hour`;
  return [
    `room ready in ${duration(expected.readyInSeconds)}, ${cost}`,
    ...expected.stamps.map((one) => `${one.stamp}: ${rate(one.requestsPerSecondNow)} -> ${rate(one.requestsPerSecondAfter)} requests/s, ${percent(one.shareAfter)} of all${replicas(one.workloads)}`),
  ];
}

const replicas = (workloads: Plan['expected']['stamps'][number]['workloads']): string =>
  workloads.map((one) => `; ${one.workload} ${count(one.replicasNow)} -> ${count(one.replicasNeeded)} replicas`).join('');

const setting = (value: Plan['shifts'][number]['after']): string => (value.enabled === 'Disabled' ? 'disabled' : `weight ${value.weight}`);

const section = (title: string, lines: readonly string[], otherwise: string): string[] => [
  `  ${title}`,
  ...(lines.length > 0 ? lines : [otherwise]).map((line) => `    ${line}`),
];
