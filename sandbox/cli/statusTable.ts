import type { Frame } from '../play/playScenario.ts';
import type { StampSnapshot } from '../world/index.ts';
import type { Paint } from './show.ts';

/** One line a region: what the world is like, what Spillway thinks of it, how far the room is. */
export function statusTable({ at, secondsSinceFault, world, regions, ledgerEntries }: Frame, paint: Paint): readonly string[] {
  const head = ['region', 'share', 'requests/s', 'errors', 'latency', 'nodes', 'pods', 'origin asked', 'gate', 'assessed', 'signals'];
  const rows = world.stamps.map((stamp) => {
    const health = regions?.regions.find(({ name }) => name === stamp.name)?.health ?? null;
    return {
      cells: [stamp.name, percent(stamp.share), Math.round(stamp.requestsPerSecond).toLocaleString('en'), percent(stamp.errorRate), `${Math.round(stamp.latencyMs)} ms`, nodesText(stamp), podsText(stamp), originText(stamp), stamp.gate ?? '-', health?.verdict ?? '?', signalText(health?.signals ?? [])],
      verdict: health?.verdict ?? 'unknown',
    };
  });
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  const since = `${secondsSinceFault < 0 ? '' : '+'}${Math.round(secondsSinceFault)} s`;
  return [
    paint('dim', `${'-'.repeat(4)} ${new Date(at).toISOString().slice(11, 19)} ${since}, ${ledgerEntries} ledger entries`),
    paint('dim', line(head)),
    ...rows.map(({ cells, verdict }) => paint(colourOf(verdict), line(cells))),
  ];
}

const colourOf = (verdict: string): 'green' | 'yellow' | 'red' | 'dim' => (verdict === 'healthy' ? 'green' : verdict === 'degraded' ? 'yellow' : verdict === 'unhealthy' ? 'red' : 'dim');

const percent = (fraction: number): string => `${(fraction * 100).toFixed(fraction > 0 && fraction < 0.095 ? 1 : 0)} %`;

/** Ready of all, with the bounds of the pools that Spillway may raise. */
function nodesText({ pools }: StampSnapshot): string {
  return pools.map(({ name, ready, nodes, minCount, maxCount }) => `${name} ${ready}/${nodes} [${minCount}..${maxCount}]`).join(' ');
}

function podsText({ workloads }: StampSnapshot): string {
  return workloads.map(({ name, ready, desired }) => `${name.slice(0, 5)} ${ready}/${desired}`).join(' ');
}

function originText({ origins }: StampSnapshot): string {
  return origins
    .map(({ asked, propagated }) => {
      const setting = (one: typeof asked): string => (one.enabled === 'Enabled' ? String(one.weight) : 'off');
      return setting(asked) === setting(propagated) ? setting(asked) : `${setting(propagated)} -> ${setting(asked)}`;
    })
    .join(' ');
}

/** How many say what, worst first. */
function signalText(signals: readonly { readonly verdict: string }[]): string {
  return ['unhealthy', 'degraded', 'unknown', 'healthy']
    .map((verdict) => ({ verdict, count: signals.filter((signal) => signal.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
    .join(', ');
}
