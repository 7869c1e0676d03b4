import type { Cluster } from './cluster/cluster.ts';
import type { Kube } from './cluster/kube.ts';
import type { Pools } from './cluster/pools.ts';
import { parameterOf, type Faults } from './faults.ts';
import { Gate, type GateRecord } from './gate.ts';
import { draw, streamOf } from './prng.ts';
import { queue, serviceMs } from './queueing.ts';
import type { ProbeAnswer, StampPhysics, StampSpec, WorkloadSpec } from './types.ts';

/** What requests of one origin group meet in a stamp. */
export interface Service {
  /** 0..1 of the requests. */
  errorRate: number;
  /** From the gateway to the answer, milliseconds. */
  latencyMs: number;
  reach: 'answers' | 'unreachable';
}

/** What the fault `grey` does where its file does not say: a third of the requests fail, all wait for what is sick. */
export const greyDefaults = { severity: 0.35, latencyMs: 2500, hostsUnhealthy: 0.25 } as const;

export interface Hosts {
  readonly healthy: number;
  readonly unhealthy: number;
}

/** What the network and the gateway add to a probe, milliseconds. */
const probeMs = 18;

/** One region's deployment: gateway, gate, workloads on their pods, cluster. */
export class Stamp implements StampPhysics {
  readonly spec: StampSpec;
  readonly cluster: Cluster;
  readonly pools: Pools;
  readonly kube: Kube;
  readonly #faults: Faults;
  readonly #gate: Gate | null;
  readonly #seed: number;
  readonly #now: () => number;
  readonly #settle: () => void;
  readonly #services = new Map<string, Service>();
  readonly #cpuPercent = new Map<string, number>();
  readonly #groups: ReadonlyMap<string, readonly WorkloadSpec[]>;
  requestsPerSecond = 0;

  constructor(parts: { readonly cluster: Cluster; readonly pools: Pools; readonly kube: Kube; readonly gate: GateRecord | null; readonly now: () => number; readonly settle: () => void }) {
    const { spec, faults, seed } = parts.cluster.context;
    this.spec = spec;
    this.cluster = parts.cluster;
    this.pools = parts.pools;
    this.kube = parts.kube;
    this.#faults = faults;
    this.#gate = parts.gate === null ? null : new Gate(parts.gate);
    this.#seed = seed;
    this.#now = parts.now;
    this.#settle = parts.settle;
    const groups = new Map<string, WorkloadSpec[]>();
    for (const workload of spec.workloads) groups.set(workload.originGroup, [...(groups.get(workload.originGroup) ?? []), workload]);
    this.#groups = groups;
    for (const group of groups.keys()) this.#services.set(group, { errorRate: 0, latencyMs: serviceMs, reach: 'answers' });
  }

  get gate(): StampPhysics['gate'] {
    this.#settle();
    return this.gateView();
  }

  gateView(): StampPhysics['gate'] {
    return this.#gate === null ? null : { state: this.#gate.record.state, expiresAt: this.#gate.record.expiresAt };
  }

  gateRecord(): GateRecord | null {
    return this.#gate?.record ?? null;
  }

  /** Serves the load of one step and lets the cluster move on. */
  step(nowMs: number, load: ReadonlyMap<string, number>): void {
    const dead = this.#faults.active('regionDead', this.spec.name) !== null;
    if (!dead) this.#gate?.poll(nowMs, this.#faults.active('blobDown', this.spec.name) === null ? 'reachable' : 'unreachable');
    this.requestsPerSecond = 0;
    for (const [group, workloads] of this.#groups) {
      const requestsPerSecond = load.get(group) ?? 0;
      this.requestsPerSecond += requestsPerSecond;
      this.#serve(group, workloads, requestsPerSecond, dead);
    }
    if (!dead) this.pools.step(nowMs);
    // a cluster whose API server is gone serves on, and nothing in it scales, schedules or heals
    if (!dead && this.#faults.active('clusterApiGone', this.spec.name) === null) this.cluster.step(nowMs, this.#cpuPercent);
  }

  service(originGroup: string): Service {
    return this.#services.get(originGroup) ?? { errorRate: 1, latencyMs: serviceMs, reach: 'unreachable' };
  }

  /** Whether Front Door's own probe of this stamp is answered with 200, the only healthy answer. */
  passesProbe(originGroup: string, counter: number): boolean {
    if (this.#faults.active('regionDead', this.spec.name) !== null) return false;
    if (this.#gate !== null) return this.#gate.record.state === 'open';
    // without a gate the workload itself answers the probe, and answers it as badly as everything else when it is saturated
    const refused = this.service(originGroup).errorRate - greyErrors(this.#faults, this.spec.name);
    return refused <= 0 || draw(this.#seed, streamOf(`probe ${this.spec.name}`), counter) >= refused;
  }

  probeOrigin(): ProbeAnswer {
    this.#settle();
    if (this.#faults.active('regionDead', this.spec.name) !== null) return { kind: 'timeout' };
    if (this.#gate?.record.state === 'closed') return { kind: 'answered', status: 503, latencyMs: probeMs };
    return { kind: 'answered', status: this.#anyReady() ? 200 : 502, latencyMs: probeMs + Math.round(12 * this.#drawNow('probe latency')) };
  }

  probeGateway(): ProbeAnswer {
    this.#settle();
    if (this.#faults.active('regionDead', this.spec.name) !== null) return { kind: 'timeout' };
    if (!this.#anyReady()) return { kind: 'answered', status: 502, latencyMs: probeMs };
    const worst = Math.max(...[...this.#services.values()].map((service) => service.errorRate));
    const latencyMs = Math.max(...[...this.#services.values()].map((service) => service.latencyMs));
    return { kind: 'answered', status: this.#drawNow('gateway probe') < worst ? 503 : 200, latencyMs: Math.round(latencyMs) };
  }

  apiServerFault(): 'refused' | 'timeout' | null {
    if (this.#faults.active('regionDead', this.spec.name) !== null || this.#faults.active('signalsBlind', this.spec.name) !== null) return 'timeout';
    const gone = this.#faults.active('clusterApiGone', this.spec.name);
    if (gone === null) return null;
    return gone['how'] === 'refused' ? 'refused' : 'timeout';
  }

  /** Backends of the Application Gateway: the workloads' pods. */
  hosts(): Hosts {
    let ready = 0;
    let placed = 0;
    for (const workload of this.spec.workloads) {
      const counts = this.cluster.podCounts(workload.name);
      ready += counts.ready;
      placed += counts.all - counts.pending;
    }
    const grey = this.#faults.active('grey', this.spec.name);
    const sick = grey === null ? 0 : Math.round(ready * parameterOf(grey, 'hostsUnhealthy', greyDefaults.hostsUnhealthy));
    return { healthy: ready - sick, unhealthy: placed - ready + sick };
  }

  /** What the ready pods can serve before they saturate, by the workload that saturates first, requests per second. */
  capacityRequestsPerSecond(): number {
    let capacity = 0;
    for (const workloads of this.#groups.values()) {
      capacity += Math.min(...workloads.map((workload) => (this.cluster.readyPods(workload.name) * workload.requestsPerSecondPerPod) / workload.trafficShare));
    }
    return capacity;
  }

  #serve(group: string, workloads: readonly WorkloadSpec[], requestsPerSecond: number, dead: boolean): void {
    const service = this.#services.get(group);
    if (service === undefined) return;
    let served = 1;
    let latencyMs = 0;
    for (const workload of workloads) {
      const answer = queue(requestsPerSecond * workload.trafficShare, dead ? 0 : this.cluster.readyPods(workload.name), workload.requestsPerSecondPerPod);
      // a request that a workload serves fails when that workload fails
      served *= 1 - workload.trafficShare * answer.errorRate;
      latencyMs += workload.trafficShare * answer.latencyMs;
      this.#cpuPercent.set(workload.name, 100 * Math.min(1, answer.utilisation));
    }
    const grey = this.#faults.active('grey', this.spec.name);
    service.reach = dead ? 'unreachable' : 'answers';
    service.errorRate = dead ? 1 : 1 - served * (1 - greyErrors(this.#faults, this.spec.name));
    service.latencyMs = latencyMs + (grey === null ? 0 : parameterOf(grey, 'latencyMs', greyDefaults.latencyMs));
  }

  #anyReady(): boolean {
    return this.spec.workloads.some((workload) => this.cluster.readyPods(workload.name) > 0);
  }

  /** The same for everybody who asks in the same second. */
  #drawNow(what: string): number {
    return draw(this.#seed, streamOf(`${what} ${this.spec.name}`), Math.floor(this.#now() / 1000));
  }
}

function greyErrors(faults: Faults, stamp: string): number {
  const grey = faults.active('grey', stamp);
  return grey === null ? 0 : (grey.severity ?? greyDefaults.severity);
}
