import { comparedWith, onePool, oracleRuns, oracleSeed, twoPools, type Compared } from '../../test/domain/capacity/packingOracle.ts';
import { figure, type Panel, type Point } from '../svg.ts';

/** The packing beside the optimum, on the cases of test/domain/capacity/packPods.oracle.test.ts. */
export function oracleFigure(): string {
  const one = comparedWith(onePool, oracleRuns, oracleSeed);
  const two = comparedWith(twoPools, oracleRuns, oracleSeed);
  return figure('New nodes that the packing asks for, and the fewest that an exhaustive search finds; nothing lies below the line', [scatter([...one, ...two]), excess(`one pool: ${over(one)} % over`, one), excess(`two pools: ${over(two)} % over`, two)]);
}

function over(all: readonly Compared[]): string {
  const asked = all.reduce((sum, one) => sum + one.asked, 0);
  const optimum = all.reduce((sum, one) => sum + one.optimum, 0);
  return ((asked / optimum - 1) * 100).toFixed(1);
}

/** Larger points: more stamps. */
function scatter(all: readonly Compared[]): Panel {
  const counts = new Map<string, Point>();
  for (const { asked, optimum } of all) {
    const key = `${optimum}|${asked}`;
    const count = (counts.get(key)?.size ?? 0) + 1;
    counts.set(key, { x: optimum, y: asked, size: count });
  }
  const most = Math.max(...all.map(({ asked }) => asked));
  return { title: `${all.length} small stamps`, xLabel: 'fewest new nodes', yLabel: 'new nodes asked for', points: [...counts.values()].map((point) => ({ ...point, size: 2 + Math.sqrt(point.size ?? 1) / 2 })), guide: [{ x: 0, y: 0 }, { x: most, y: most }], guideLabel: 'the optimum' };
}

function excess(title: string, all: readonly Compared[]): Panel {
  const most = Math.max(...all.map(({ asked, optimum }) => asked - optimum));
  const bars = Array.from({ length: most + 1 }, (_, extra) => ({ label: String(extra), value: all.filter(({ asked, optimum }) => asked - optimum === extra).length }));
  return { title, xLabel: 'nodes over the optimum', yLabel: 'stamps', bars };
}
