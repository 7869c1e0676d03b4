import type { Write } from './ledgerEvent.ts';
import type { Plan } from './plan.ts';
import type { StampName } from './fleet.ts';

/** One change with its undo, ready to be put on record and made. */
export interface PlannedWrite {
  /** Unique within a revision of a plan. */
  readonly key: string;
  readonly write: Write;
  readonly undo: Write;
}

export type PlanPartName = 'sheds' | 'pools' | 'hpas' | 'gates' | 'shifts';

/** The writes of one part of a plan, for one stamp or for all, in the order in which they are made. */
export function writesOf(plan: Plan, part: PlanPartName, stamp: StampName | null, gateExpiresAt: number): readonly PlannedWrite[] {
  return allWrites(plan, part, gateExpiresAt).filter((planned) => stamp === null || planned.write.stamp === stamp);
}

function allWrites(plan: Plan, part: PlanPartName, gateExpiresAt: number): readonly PlannedWrite[] {
  switch (part) {
    case 'sheds':
      return plan.sheds.map((shed) => hpaWrite(shed.stamp, shed));
    case 'pools':
      return plan.surges.flatMap(({ stamp, pools }) =>
        pools.map(({ pool, before, after }) => ({
          key: `pool:${stamp}:${pool}`,
          write: { target: 'pool' as const, stamp, pool, set: after },
          undo: { target: 'pool' as const, stamp, pool, set: before },
        })),
      );
    case 'hpas':
      return plan.surges.flatMap(({ stamp, hpas }) => hpas.map((hpa) => hpaWrite(stamp, hpa)));
    case 'gates':
      return plan.gates.map(({ stamp, before, after }) => ({
        key: `gate:${stamp}`,
        write: { target: 'gate' as const, stamp, set: after, expiresAt: gateExpiresAt },
        undo: { target: 'gate' as const, stamp, set: before, expiresAt: gateExpiresAt },
      }));
    case 'shifts':
      return plan.shifts.map(({ stamp, originGroup, origin, before, after }) => ({
        key: `origin:${originGroup}:${origin}`,
        write: { target: 'origin' as const, stamp, originGroup, origin, set: after },
        undo: { target: 'origin' as const, stamp, originGroup, origin, set: before },
      }));
  }
}

type HpaChange = Pick<Plan['surges'][number]['hpas'][number], 'namespace' | 'hpa' | 'before' | 'after'>;

function hpaWrite(stamp: StampName, { namespace, hpa, before, after }: HpaChange): PlannedWrite {
  return {
    key: `hpa:${stamp}:${namespace}:${hpa}`,
    write: { target: 'hpa', stamp, namespace, hpa, set: after },
    undo: { target: 'hpa', stamp, namespace, hpa, set: before },
  };
}
