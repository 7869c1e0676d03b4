import { figure, type Panel, type Point } from '../svg.ts';
import { largest, type GrowthPoint } from './domainBench.ts';

/** The processor time of a full plan with all checks by stamps, workloads and pools, beside what proportional growth would be. */
export function growthFigure(growth: readonly GrowthPoint[], machine: string): string {
  return figure(`One full plan with all checks; ${machine}`, [panelOf(growth, 'stamps'), panelOf(growth, 'workloads'), panelOf(growth, 'pools')]);
}

function panelOf(growth: readonly GrowthPoint[], by: 'stamps' | 'workloads' | 'pools'): Panel {
  const points = growth
    .filter((point) => (['stamps', 'workloads', 'pools'] as const).every((other) => other === by || point[other] === largest[other]))
    .map((point): Point => ({ x: point[by], y: point.planCpuMs }))
    .toSorted((a, b) => a.x - b.x);
  const last = points.at(-1) ?? { x: 1, y: 0 };
  const others = (['stamps', 'workloads', 'pools'] as const).filter((other) => other !== by).map((other) => `${largest[other]} ${other}`);
  return { title: `by ${by}, with ${others.join(' and ')}`, xLabel: by === 'stamps' ? 'stamps' : `${by} a stamp`, yLabel: 'milliseconds of processor time', points, guide: [{ x: 0, y: 0 }, last], guideLabel: 'proportional growth' };
}
