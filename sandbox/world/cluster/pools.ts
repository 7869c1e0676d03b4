import type { OperationBook } from '../operations.ts';
import type { Faults } from '../faults.ts';
import { drawBetween, streamOf, uuidOf } from '../prng.ts';
import type { PoolChange, PoolsPhysics, PoolSpec, PoolState } from '../types.ts';
import type { Cluster } from './cluster.ts';
import type { PoolRecord } from './records.ts';

type PutAnswer = ReturnType<PoolsPhysics['put']>;

/** How long AKS works on a change of a pool's bounds, seconds: the autoscaler follows them when it has ended. */
const updateSeconds: readonly [number, number] = [12, 30];

/** The node pools of a cluster as Resource Manager knows them: one operation at a time, an etag that every change moves. */
export class Pools implements PoolsPhysics {
  readonly #cluster: Cluster;
  readonly #operations: OperationBook;
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #settle: () => void;

  constructor(cluster: Cluster, operations: OperationBook, now: () => number, settle: () => void) {
    this.#cluster = cluster;
    this.#operations = operations;
    this.#faults = cluster.context.faults;
    this.#now = now;
    this.#settle = settle;
  }

  list(): readonly PoolState[] {
    this.#settle();
    return this.view();
  }

  get(name: string): PoolState | null {
    return this.list().find((pool) => pool.name === name) ?? null;
  }

  /** As of the last step, for physics itself. */
  view(): readonly PoolState[] {
    return this.#cluster.context.spec.pools.flatMap((spec) => {
      const record = this.#record(spec.name);
      return record === null ? [] : [this.#stateOf(spec, record)];
    });
  }

  put(name: string, change: PoolChange, ifMatch: string | null): PutAnswer {
    this.#settle();
    const record = this.#record(name);
    const spec = this.#cluster.context.spec.pools.find((pool) => pool.name === name);
    if (record === null || spec === undefined) return conflict(400, 'InvalidParameter', `agent pool ${name} is not there`);
    if (ifMatch !== null && ifMatch !== '*' && ifMatch !== this.#etagOf(record)) {
      return conflict(412, 'OriginalEtagNotExpect', `The etag ${ifMatch} of agent pool ${name} is not the current one ${this.#etagOf(record)}.`);
    }
    if (this.#busy(record)) {
      return conflict(409, 'OperationNotAllowed', `Operation is not allowed because there's an in progress update managed cluster operation on agent pool ${name}. Please wait for it to finish.`);
    }
    const invalid = validate(spec, record, change);
    if (invalid !== null) return invalid;
    const autoscaled = change.autoscaled ?? record.autoscaled;
    const count = this.#cluster.nodesOf(name).length;
    const wantedCount = autoscaled === 'fixed' ? (change.count ?? count) : count;
    if (wantedCount > count) {
      const grant = this.#cluster.context.grant(name, wantedCount - count);
      if (grant.refusal !== null && grant.nodes === 0) return conflict(400, grant.refusal.code, grant.refusal.message);
    }
    return { kind: 'accepted', operation: this.#accept(record, change, autoscaled, wantedCount) };
  }

  /** Ends what has run its time: from then on the autoscaler knows the new bounds. */
  step(nowMs: number): void {
    for (const record of this.#cluster.state.pools) {
      if (record.operation === null || nowMs < record.operation.endsAt) continue;
      record.operation = null;
      record.effectiveMinCount = record.minCount;
      record.effectiveMaxCount = record.maxCount;
      record.backoffUntil = 0;
      record.etagNumber++;
      if (record.autoscaled === 'fixed' && record.fixedCount !== null) this.#scaleTo(record, record.fixedCount, nowMs);
    }
  }

  #accept(record: PoolRecord, change: PoolChange, autoscaled: PoolRecord['autoscaled'], wantedCount: number): ReturnType<OperationBook['start']> {
    const now = this.#now();
    const seconds = drawBetween(this.#cluster.context.seed, streamOf(`put ${this.#cluster.context.spec.name}/${record.name}`), record.etagNumber, updateSeconds);
    const endsAt = now + Math.round(seconds * 1000);
    record.autoscaled = autoscaled;
    record.minCount = change.minCount ?? record.minCount;
    record.maxCount = change.maxCount ?? record.maxCount;
    record.fixedCount = autoscaled === 'fixed' ? wantedCount : null;
    if (change.labels !== undefined) record.labels = { ...change.labels };
    record.etagNumber++;
    const operation = this.#operations.start(endsAt);
    record.operation = { id: operation.id, endsAt };
    return operation;
  }

  #scaleTo(record: PoolRecord, count: number, nowMs: number): void {
    const nodes = this.#cluster.nodesOf(record.name);
    if (nodes.length < count) {
      const grant = this.#cluster.context.grant(record.name, count - nodes.length);
      if (grant.nodes > 0) this.#cluster.addNodes(record, grant.nodes, nowMs);
      record.lastRefusal = grant.refusal === null ? null : `${grant.refusal.code}: ${grant.refusal.message}`;
    }
    for (const node of nodes.slice(count)) this.#cluster.removeNode(node.name);
    record.fixedCount = null;
  }

  #stateOf(spec: PoolSpec, record: PoolRecord): PoolState {
    return {
      ...spec,
      count: this.#cluster.nodesOf(spec.name).length,
      minCount: record.minCount,
      maxCount: record.maxCount,
      autoscaled: record.autoscaled,
      etag: this.#etagOf(record),
      provisioningState: this.#provisioningState(record),
      powerState: 'Running',
      labels: record.labels,
    };
  }

  /** A pool that asked for machines which the region has not got stays in Scaling while the autoscaler tries again. */
  #provisioningState(record: PoolRecord): PoolState['provisioningState'] {
    if (this.#busy(record)) return 'Updating';
    const stamp = this.#cluster.context.spec.name;
    const waits = record.lastRefusal !== null && this.#faults.active('partialCapacity', stamp) !== null;
    return waits && this.#cluster.nodesOf(record.name).length < record.effectiveMinCount ? 'Scaling' : 'Succeeded';
  }

  #busy(record: PoolRecord): boolean {
    if (record.operation !== null && this.#now() < record.operation.endsAt) return true;
    const fault = this.#faults.active('poolBusy', this.#cluster.context.spec.name);
    return fault !== null && (fault['pool'] === undefined || fault['pool'] === record.name);
  }

  #etagOf(record: PoolRecord): string {
    return uuidOf(this.#cluster.context.seed, `etag ${this.#cluster.context.spec.name}/${record.name}/${record.etagNumber}`);
  }

  #record(name: string): PoolRecord | null {
    return this.#cluster.state.pools.find((pool) => pool.name === name) ?? null;
  }
}

/** AKS' bounds: user pools 0 to 1000 nodes, system pools 1 to 1000. */
function validate(spec: PoolSpec, record: PoolRecord, change: PoolChange): PutAnswer | null {
  const lowest = spec.mode === 'System' ? 1 : 0;
  const minCount = change.minCount ?? record.minCount;
  const maxCount = change.maxCount ?? record.maxCount;
  for (const [name, value] of [['minCount', minCount], ['maxCount', maxCount], ['count', change.count ?? lowest]] as const) {
    if (!Number.isInteger(value) || value < lowest || value > 1000) {
      return conflict(400, 'InvalidParameter', `The value of parameter agentPoolProfile.${name} is invalid: ${value} is not between ${lowest} and 1000 for a ${spec.mode} pool.`);
    }
  }
  if (minCount > maxCount) return conflict(400, 'InvalidParameter', `The value of parameter agentPoolProfile.minCount is invalid: minCount ${minCount} is more than maxCount ${maxCount}.`);
  return null;
}

function conflict(status: 400 | 409 | 412, code: string, message: string): PutAnswer {
  return { kind: 'conflict', status, code, message };
}
