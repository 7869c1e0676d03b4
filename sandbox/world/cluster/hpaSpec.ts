import { z } from 'zod';
import type { KubeObject } from '../types.ts';
import { defaultScaleDown, defaultScaleUp, type HpaSpec, type ScalingRules } from './hpaAlgorithm.ts';

const rules = z.object({
  stabilizationWindowSeconds: z.number().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(z.object({ type: z.enum(['Pods', 'Percent']), value: z.number(), periodSeconds: z.number() })).optional(),
});

const schema = z.object({
  // a missing minReplicas means 1, as the API says
  minReplicas: z.number().default(1),
  maxReplicas: z.number(),
  metrics: z
    .array(z.object({ type: z.string(), resource: z.object({ name: z.string(), target: z.object({ type: z.string(), averageUtilization: z.number().optional() }) }).optional() }))
    .default([]),
  behavior: z.object({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional(),
});

/** Objects are never changed in place, so what was read of one stays right for it. */
const read = new WeakMap<KubeObject, HpaSpec | 'invalid'>();

/** @returns null where the spec is none that the controller could work with. */
export function hpaSpecOf(object: KubeObject): HpaSpec | null {
  let spec = read.get(object);
  if (spec === undefined) {
    spec = parse(object['spec']) ?? 'invalid';
    read.set(object, spec);
  }
  return spec === 'invalid' ? null : spec;
}

function parse(raw: unknown): HpaSpec | null {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return null;
  const { minReplicas, maxReplicas, metrics, behavior } = parsed.data;
  const cpu = metrics.find((metric) => metric.type === 'Resource' && metric.resource?.name === 'cpu' && metric.resource.target.type === 'Utilization');
  return {
    minReplicas,
    maxReplicas,
    targetCpuUtilisationPercent: cpu?.resource?.target.averageUtilization ?? null,
    scaleUp: withDefaults(behavior?.scaleUp, defaultScaleUp),
    scaleDown: withDefaults(behavior?.scaleDown, defaultScaleDown),
  };
}

function withDefaults(given: z.infer<typeof rules> | undefined, defaults: ScalingRules): ScalingRules {
  return {
    stabilizationWindowSeconds: given?.stabilizationWindowSeconds ?? defaults.stabilizationWindowSeconds,
    selectPolicy: given?.selectPolicy ?? defaults.selectPolicy,
    policies: given?.policies ?? defaults.policies,
  };
}
