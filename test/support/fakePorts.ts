import type { Assessment, FleetAssessment, Verdict } from '../../src/domain/assessment.ts';
import type { WorkloadFacts } from '../../src/domain/facts.ts';
import type { Fleet, Stamp, Workload } from '../../src/domain/fleet.ts';
import type { ChainedEntry, LedgerEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import type { Controls, FenceHold, StopOrder } from '../../src/domain/run.ts';
import { known, unknown, type Reading } from '../../src/domain/reading.ts';
import type { Notice } from '../../src/ports/notify.ts';
import { writeTimeLimitMs } from '../../src/ports/outcome.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { StateKey, Versioned } from '../../src/ports/state.ts';
import { FakeOutside, must } from './fakeOutside.ts';

export interface FakePorts extends Ports {
  readonly outside: FakeOutside;
  readonly entries: ChainedEntry[];
  readonly notices: Notice[];
  controlsNow: Controls;
  readonly stops: Record<string, StopOrder>;
  /** Verdicts that the stored assessment holds, by stamp; healthy where nothing is said. */
  setVerdicts(verdicts: Readonly<Record<string, Verdict>>): void;
  /** Another run takes the fence. */
  stealFence(runId: string): void;
  eventsOf<T extends LedgerEvent['type']>(type: T): readonly Extract<LedgerEvent, { type: T }>[];
}

export const controlRegion = 'northeurope';

/** Ports in memory over a `FakeOutside`, on the clock given. Every answer is what a healthy service gives; tests wrap what should fail. */
export function fakePorts(fleet: Fleet, now: () => number): FakePorts {
  const outside = new FakeOutside(fleet, now);
  const entries: ChainedEntry[] = [];
  const notices: Notice[] = [];
  const documents = new Map<string, { value: unknown; etag: number; kind: string; id: string }>();
  let fence: FenceHold | null = null;
  // What the process under test knows of its lease: a theft does not reach it.
  let kept: FenceHold | null = null;
  let epoch = 0;
  /** As the adapter has it: one that is not there makes the whole reading unknown. */
  const workloadsRead = (stamp: Stamp, workloads: readonly Workload[]): Reading<readonly WorkloadFacts[]> => {
    const facts = outside.workloadFacts(stamp);
    const missing = workloads.find(({ name }) => !facts.some((one) => one.name === name));
    return missing === undefined ? known(facts, now()) : unknown(`deployment ${missing.deployment} is not there (404)`, now());
  };
  const ports: FakePorts = {
    outside,
    entries,
    notices,
    fleet,
    controlRegion,
    controlsNow: { killSwitch: 'off', mode: 'auto', setBy: 'test', setAt: 0 },
    stops: {},
    setVerdicts(verdicts) {
      documents.set(`assessment/${controlRegion}`, { kind: 'assessment', id: controlRegion, etag: 1, value: assessmentOf(fleet, verdicts, now()) });
    },
    stealFence(runId) {
      epoch += 1;
      fence = { runId, epoch, leaseId: runId, expiresAt: now() + 60_000 };
    },
    eventsOf: (type) => entries.flatMap(({ event }) => (isOfType(event, type) ? [event] : [])),
    clock: { now, sleep: () => Promise.resolve() },
    traffic: {
      readTraffic: async () =>
        known({ originGroups: [{ name: 'web', latencyWindowMs: 100, probeDrainSeconds: 60, origins: outside.originFacts('web') }] }, now()),
      applyOrigin: async (_stamp, origin, set) => {
        outside.setOrigin(origin.originGroup, origin.origin, set);
        return { kind: 'accepted' };
      },
      applyOrigins: (changes) => Promise.all(changes.map(({ stamp, origin, set }) => ports.traffic.applyOrigin(stamp, origin, set))),
      readShares: async () => known(outside.shares(), now()),
    },
    compute: {
      readPools: async (stamp) => known(outside.poolFacts(stamp), now()),
      applyPoolBounds: async (stamp, pool, set) => {
        outside.setPool(stamp.name, pool, set);
        return { kind: 'accepted' };
      },
    },
    workloads: {
      readNodes: async (stamp) => known(outside.nodeFacts(stamp), now()),
      readNodeStates: async (stamp) => known(outside.nodeFacts(stamp), now()),
      readReplicas: async (stamp, workloads) => workloadsRead(stamp, workloads),
      readWorkloads: async (stamp, workloads) => workloadsRead(stamp, workloads),
      applyHpaBounds: async (stamp, hpa, set) => {
        outside.setHpa(stamp.name, hpa.name, set);
        return { kind: 'accepted' };
      },
    },
    signals: { observe: async () => [] },
    demand: {
      readDemand: async () => known(outside.demandFacts(), now()),
      readLoad: async (stamps) => {
        const total = [...outside.requestsPerSecond.values()].reduce((sum, rate) => sum + rate, 0);
        const shares = outside.shares();
        return Object.fromEntries(
          stamps.map(({ name }) => {
            const requestsPerSecond = total * (shares[name] ?? 0);
            const byWorkload = Object.fromEntries(fleet.workloads.map((workload) => [workload.name, requestsPerSecond * workload.trafficShare]));
            return [name, known({ requestsPerSecond, byWorkload, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 80 }, now())];
          }),
        );
      },
    },
    headroom: {
      readQuota: async () => known({ regionalCores: plenty, lowPriorityCores: plenty, families: { standardDSv5Family: plenty } }, now()),
      readSkus: async () => known([{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16_384, zones: ['1', '2', '3'], restricted: null }], now()),
      readNetwork: async (stamp) =>
        known({ plugin: 'overlay', podCidr: '10.244.0.0/16', subnets: [{ id: must(stamp.gateway.nodeSubnetId), usedAddresses: 20, totalAddresses: 1019 }], outboundPortsPerNode: null, outboundPortsTotal: null, resourceQuotas: [] }, now()),
    },
    ledger: {
      record: async (entry) => {
        const found = entries.find(({ runId, id }) => runId === entry.runId && id === entry.id);
        if (found !== undefined) return sameContent(found, entry) ? { kind: 'exists' } : { kind: 'different', found };
        entries.push({ ...entry, seq: entries.length, previousHash: '', hash: '' });
        return { kind: 'stored' };
      },
      readRun: async (runId) => entries.filter((entry) => entry.runId === runId),
      readEntry: async (runId, id) => entries.find((entry) => entry.runId === runId && entry.id === id) ?? null,
      listRuns: async ({ limit }) => entries.filter(({ event }) => event.type === 'RunOpened').toReversed().slice(0, limit),
      drainOutbox: async () => ({ moved: 0, left: 0 }),
    },
    state: {
      read: async <T>({ kind, id }: StateKey) => versioned<T>(documents.get(`${kind}/${id}`)),
      write: async ({ kind, id }, value, etag) => {
        const current = documents.get(`${kind}/${id}`);
        if ((current === undefined ? null : String(current.etag)) !== etag) return { kind: 'conflict' };
        const next = (current?.etag ?? 0) + 1;
        documents.set(`${kind}/${id}`, { kind, id, etag: next, value: structuredClone(value) });
        return { kind: 'written', etag: String(next) };
      },
      list: async <T>(kind: StateKey['kind'], limit: number) =>
        [...documents.values()].filter((document) => document.kind === kind).slice(0, limit).flatMap((document) => versioned<T>(document) ?? []),
    },
    controls: {
      readControls: async () => ({ controls: ports.controlsNow, stops: { ...ports.stops }, freshness: 'fresh' }),
      stopRun: async (runId, stop) => {
        if (ports.stops[runId] !== undefined) return 'alreadyOrdered';
        ports.stops[runId] = stop;
        return 'ordered';
      },
      setControls: async (change, by) => {
        ports.controlsNow = { ...ports.controlsNow, ...change, setBy: by, setAt: now() };
        return ports.controlsNow;
      },
    },
    fence: {
      acquire: async (runId) => {
        if (fence !== null && fence.runId !== runId && fence.expiresAt > now()) return { kind: 'busy', holder: fence.runId, epoch: fence.epoch };
        const previous = fence === null || fence.runId === runId ? null : { runId: fence.runId, controlRegion };
        if (fence?.runId !== runId) epoch += 1;
        fence = { runId, epoch, leaseId: runId, expiresAt: now() + 60_000 };
        kept = fence;
        return { kind: 'held', hold: fence, previous };
      },
      confirm: async (hold) => {
        if (fence === null || fence.epoch !== hold.epoch) return { kind: 'lost', holder: fence?.runId ?? 'nobody', epoch: fence?.epoch ?? 0 };
        fence = { ...fence, expiresAt: now() + 60_000 };
        kept = fence;
        return { kind: 'held', hold: fence };
      },
      keep: async (hold) => (kept?.epoch === hold.epoch && kept.expiresAt - now() >= writeTimeLimitMs ? { kind: 'held', hold: kept } : ports.fence.confirm(hold)),
      release: async (hold) => {
        if (fence?.epoch === hold.epoch) fence = null;
      },
      readHolder: async () => (fence !== null && fence.expiresAt > now() ? { runId: fence.runId, controlRegion, epoch: fence.epoch, lease: 'live' } : null),
    },
    gate: {
      readGate: async (stamp) => known({ state: must(outside.gates.get(stamp.name)), expiresAt: null }, now()),
      applyGate: async (stamp, state) => {
        outside.setGate(stamp.name, state);
        return { kind: 'accepted' };
      },
    },
    notify: {
      notify: async (notice) => {
        notices.push(notice);
        return { kind: 'delivered' };
      },
    },
    prices: { readPrices: async () => known([{ vmSize: 'Standard_D4s_v5', spot: 'regular', usdPerHour: 0.192 }], now()) },
    checks: {
      runCheck: async () => ({ kind: 'passed', detail: 'ok' }),
      callHook: async () => ({ kind: 'passed', detail: '200' }),
      proveThroughGateway: async () => ({ kind: 'passed', detail: '10 of 10 answered' }),
    },
  };
  ports.setVerdicts({});
  return ports;
}

const plenty = { used: 100, limit: 1000 };

function isOfType<T extends LedgerEvent['type']>(event: LedgerEvent, type: T): event is Extract<LedgerEvent, { type: T }> {
  return event.type === type;
}

function versioned<T>(document: { readonly id: string; readonly value: unknown; readonly etag: number } | undefined): Versioned<T> | null {
  return document === undefined ? null : { id: document.id, value: structuredClone(document.value) as T, etag: String(document.etag) };
}

const sameContent = (a: LedgerEntry, b: LedgerEntry): boolean => a.epoch === b.epoch && JSON.stringify(a.event) === JSON.stringify(b.event);

/** An assessment with the verdicts given; unknown readings are nobody's business here. */
export function assessmentOf(fleet: Fleet, verdicts: Readonly<Record<string, Verdict>>, at: number): FleetAssessment {
  return {
    at,
    observerSuspect: false,
    stamps: fleet.stamps.map(({ name }): Assessment => {
      const verdict = verdicts[name] ?? 'healthy';
      return {
        stamp: name, at, verdict, roundVerdict: verdict, reason: `set by the test to ${verdict}`, signals: [], knownSignals: 6,
        unhealthyInARow: verdict === 'unhealthy' ? 3 : 0, healthyInARow: verdict === 'healthy' ? 10 : 0, since: at - 3_600_000, trafficAlreadyGone: false,
      };
    }),
  };
}

export const unreadable = (now: number) => unknown('the test took it away', now);
