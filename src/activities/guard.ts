import type { Write } from '../domain/ledgerEvent.ts';
import type { Controls, StopOrder } from '../domain/run.ts';
import type { FenceConfirmed } from '../ports/fence.ts';
import type { Ports } from '../ports/ports.ts';
import type { Proceed, RunStep } from './contracts.ts';

/** An abort ends the advance of a run and begins its undo, which an abort does not end. */
export type Purpose = 'advance' | 'undo';

/**
 * Asked at every tick of a wait (I3, I8): is the fence still ours, may automation act, has anybody asked to stop? The store
 * of controls being down may stop a run, never start one. The fence is renewed here when its lease runs low. Before an
 * outside write `mayWrite` asks the same, of orders read for it alone, and `guardedWrites` confirms the fence once more.
 */
export async function mayProceed(ports: Ports, step: RunStep): Promise<Proceed> {
  return judge(step, 'advance', await ports.fence.keep(step.hold), await recentOrders(ports, step));
}

function judge(step: RunStep, purpose: Purpose, fence: FenceConfirmed, { controls, stop }: Orders): Proceed {
  if (fence.kind === 'lost') return { kind: 'stopped', reason: 'fenceLost', detail: `run ${fence.holder} holds the fence with epoch ${fence.epoch}` };
  if (controls.killSwitch === 'on') return { kind: 'stopped', reason: 'killSwitch', detail: `kill switch set by ${controls.setBy}` };
  if (controls.mode === 'observe' && step.request.trigger.by !== 'operator') {
    return { kind: 'stopped', reason: 'modeObserve', detail: `mode set to observe by ${controls.setBy}` };
  }
  if (purpose === 'undo' || stop === null) return { kind: 'go' };
  return { kind: 'stopped', reason: stop.kind === 'abort' ? 'abortAsked' : 'yielded', detail: `${stop.by}: ${stop.reason}` };
}

/** In mode `approve`, traffic moves only after a person's approval is on record; room may be made before it. */
export async function mayWrite(ports: Ports, step: RunStep, write: Write, purpose: Purpose): Promise<Proceed> {
  const orders = await readOrders(ports, step);
  const proceed = judge(step, purpose, await ports.fence.keep(step.hold), orders);
  if (proceed.kind === 'stopped' || purpose === 'undo' || !movesTraffic(write) || step.request.trigger.by === 'operator') return proceed;
  if (orders.controls.mode !== 'approve') return proceed;
  const approval = await ports.ledger.readEntry(step.request.runId, approvalId);
  if (approval?.event.type === 'ApprovalGiven') return proceed;
  return { kind: 'stopped', reason: 'modeObserve', detail: 'mode is approve and nobody has approved' };
}

export const approvalId = 'approval';

const movesTraffic = (write: Write): boolean => write.target === 'gate' || write.target === 'origin';

/** What people and the watch have ordered: for the whole fleet, and for this run. */
interface Orders {
  readonly controls: Controls;
  readonly stop: StopOrder | null;
}

async function readOrders(ports: Ports, step: RunStep): Promise<Orders> {
  const { controls, stops } = await ports.controls.readControls();
  return { controls, stop: stops[step.request.runId] ?? null };
}

/** Survivors that wait side by side look at the same moment: orders read so lately serve the tick of each. A write reads its own. */
const recentMs = 4_000;

const lately = new WeakMap<Ports, { readonly runId: string; readonly at: number; readonly orders: Promise<Orders> }>();

function recentOrders(ports: Ports, step: RunStep): Promise<Orders> {
  const { runId } = step.request;
  const now = ports.clock.now();
  const known = lately.get(ports);
  if (known !== undefined && known.runId === runId && now - known.at < recentMs) return known.orders;
  const orders = readOrders(ports, step);
  lately.set(ports, { runId, at: now, orders });
  orders.catch(() => lately.delete(ports));
  return orders;
}
