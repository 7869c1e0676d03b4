import type { Frame } from '../play/playScenario.ts';
import type { StampSnapshot } from '../world/index.ts';
import type { Colour } from './paint.ts';

export interface TableLine {
  readonly text: string;
  readonly colour: Colour;
}

type RegionHealth = NonNullable<NonNullable<Frame['regions']>['regions'][number]['health']>;

interface Column {
  readonly title: string;
  /** The widest table keeps all; a narrow one drops the column with the highest number first. */
  readonly dropOrder: number;
  cell(stamp: StampSnapshot, health: RegionHealth | null): string;
}

const columns: readonly Column[] = [
  { title: 'region', dropOrder: 0, cell: ({ name }) => name },
  { title: 'share', dropOrder: 1, cell: ({ share }) => `${bar(share)} ${percent(share).padStart(5)}` },
  { title: 'requests/s', dropOrder: 9, cell: ({ requestsPerSecond }) => Math.round(requestsPerSecond).toLocaleString('en') },
  { title: 'errors', dropOrder: 2, cell: ({ errorRate }) => percent(errorRate) },
  { title: 'latency', dropOrder: 8, cell: ({ latencyMs }) => `${Math.round(latencyMs)} ms` },
  { title: 'nodes', dropOrder: 4, cell: nodesText },
  { title: 'pods', dropOrder: 5, cell: podsText },
  { title: 'origin', dropOrder: 6, cell: originText },
  { title: 'gate', dropOrder: 7, cell: ({ gate }) => gate ?? '-' },
  { title: 'assessed', dropOrder: 3, cell: (_, health) => health?.verdict ?? '?' },
  { title: 'signals', dropOrder: 10, cell: (_, health) => signalText(health?.signals ?? []) },
];

/** One line a region: what the world is like, what Spillway thinks of it, how far the room is; `width` in characters, no line is longer. */
export function statusTable({ at, secondsSinceFault, world, regions, ledgerEntries }: Frame, width: number): readonly TableLine[] {
  const rows = world.stamps.map((stamp) => {
    const health = regions?.regions.find(({ name }) => name === stamp.name)?.health ?? null;
    return { verdict: health?.verdict ?? 'unknown', cells: new Map(columns.map((column) => [column, column.cell(stamp, health)])) };
  });
  const widths = new Map(columns.map((column) => [column, Math.max(column.title.length, ...rows.map(({ cells }) => cells.get(column)?.length ?? 0))]));
  const shown = fitting(widths, width);
  const line = (cell: (column: Column) => string): string => shown.map((column) => cell(column).padEnd(widths.get(column) ?? 0)).join('  ').trimEnd().slice(0, width);
  const since = `${secondsSinceFault < 0 ? '' : '+'}${Math.round(secondsSinceFault)} s`;
  return [
    { colour: 'dim', text: `${'-'.repeat(4)} ${new Date(at).toISOString().slice(11, 19)} ${since}, ${ledgerEntries} ledger entries`.slice(0, width) },
    { colour: 'dim', text: line(({ title }) => title) },
    ...rows.map(({ cells, verdict }) => ({ colour: colourOf(verdict), text: line((column) => cells.get(column) ?? '') })),
  ];
}

function fitting(widths: ReadonlyMap<Column, number>, width: number): readonly Column[] {
  let shown = columns;
  const total = (): number => shown.reduce((sum, column) => sum + (widths.get(column) ?? 0) + 2, -2);
  while (total() > width && shown.length > 1) {
    const dropped = Math.max(...shown.map(({ dropOrder }) => dropOrder));
    shown = shown.filter(({ dropOrder }) => dropOrder !== dropped);
  }
  return shown;
}

const colourOf = (verdict: string): Colour => (verdict === 'healthy' ? 'green' : verdict === 'degraded' ? 'yellow' : verdict === 'unhealthy' ? 'red' : 'dim');

const barWidth = 10;
const bar = (fraction: number): string => '#'.repeat(Math.round(fraction * barWidth)).padEnd(barWidth, '.');

const percent = (fraction: number): string => `${(fraction * 100).toFixed(fraction > 0 && fraction < 0.095 ? 1 : 0)} %`;

/** Ready of all, with the bounds of the pools that Spillway may raise. */
function nodesText({ pools }: StampSnapshot): string {
  return pools.map(({ name, ready, nodes, minCount, maxCount }) => `${name} ${ready}/${nodes} [${minCount}..${maxCount}]`).join(' ');
}

function podsText({ workloads }: StampSnapshot): string {
  return workloads.map(({ name, ready, desired }) => `${name.slice(0, 5)} ${ready}/${desired}`).join(' ');
}

/** What its origins are set to; where Front Door's edges do not have it yet: what they have -> what was asked. */
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
