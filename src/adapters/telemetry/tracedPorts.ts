import type { Attributes } from '@opentelemetry/api';
import type { Ports } from '../../ports/ports.ts';
import { inSpan } from './inSpan.ts';

/** The same ports, each call in a span named after it, such as `traffic.applyOrigin`. */
export function tracedPorts(ports: Ports): Ports {
  return {
    ...ports,
    traffic: traced('traffic', ports.traffic),
    compute: traced('compute', ports.compute),
    workloads: traced('workloads', ports.workloads),
    signals: traced('signals', ports.signals),
    demand: traced('demand', ports.demand),
    headroom: traced('headroom', ports.headroom),
    ledger: traced('ledger', ports.ledger),
    state: traced('state', ports.state),
    controls: traced('controls', ports.controls),
    fence: traced('fence', ports.fence),
    gate: traced('gate', ports.gate),
    notify: traced('notify', ports.notify),
    checks: traced('checks', ports.checks),
    prices: traced('prices', ports.prices),
  };
}

type Method = (...given: readonly unknown[]) => Promise<unknown>;

/** Every method of a port answers a promise; what is no method stays as it is. */
function traced<T extends object>(name: string, port: T): T {
  const methods = Object.entries(port).map(([method, call]: [string, unknown]) => {
    if (typeof call !== 'function') return [method, call] as const;
    const run = call.bind(port) as Method; // a port's methods are all asynchronous
    const span: Method = (...given) => inSpan({ name: `${name}.${method}`, attributes: attributesOf(given) }, () => run(...given));
    return [method, span] as const;
  });
  return Object.fromEntries(methods) as T; // the same names, the same signatures
}

/** What a person filters by: the stamp, and what of it. Nothing that could hold a secret. */
function attributesOf(given: readonly unknown[]): Attributes {
  const [subject, object] = given;
  const attributes: Attributes = {};
  if (hasText(subject, 'name')) attributes['spillway.stamp'] = subject.name;
  if (hasText(subject, 'runId')) attributes['spillway.run'] = subject.runId;
  if (hasText(subject, 'kind')) attributes['spillway.kind'] = subject.kind;
  if (typeof object === 'string') attributes['spillway.subject'] = object;
  else if (hasText(object, 'origin')) attributes['spillway.subject'] = object.origin;
  else if (hasText(object, 'name')) attributes['spillway.subject'] = object.name;
  return attributes;
}

const hasText = <K extends string>(value: unknown, key: K): value is Record<K, string> =>
  typeof value === 'object' && value !== null && key in value && typeof (value as Record<string, unknown>)[key] === 'string'; // `in` has shown that it is an object with this key
