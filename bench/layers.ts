import type { Profiler } from 'node:inspector';

/** What a simulated failover is made of. `other`: the JavaScript engine, modules being loaded, what nobody called. */
export const layers = [
  'replay', 'host', 'app', 'cosmosSdk', 'blobSdk', 'armSdks', 'monitorSdk', 'sdkPipeline', 'kubernetesClient', 'faces', 'tokens', 'transport', 'clock', 'world', 'play', 'garbageCollector', 'other',
] as const;

export type Layer = (typeof layers)[number];

/** First match wins. `replay`: the SDKs that run orchestrations and functions; `host`: the engine and host under them. */
const places: readonly (readonly [RegExp, Layer])[] = [
  [/node_modules\/(durable-functions|@azure\/functions)\//, 'replay'],
  [/node_modules\/@azure\/cosmos\//, 'cosmosSdk'],
  [/node_modules\/@azure\/storage-/, 'blobSdk'],
  [/node_modules\/@azure\/monitor-query\//, 'monitorSdk'],
  [/node_modules\/(@azure-rest|@azure\/arm-)/, 'armSdks'],
  [/node_modules\/(@azure\/|@typespec\/)/, 'sdkPipeline'],
  [/node_modules\/@kubernetes\//, 'kubernetesClient'],
  [/\/sandbox\/azure\/transport\//, 'transport'],
  [/\/sandbox\/azure\/entra\//, 'tokens'],
  [/\/sandbox\/azure\//, 'faces'],
  [/\/sandbox\/host\//, 'host'],
  [/\/sandbox\/clock\//, 'clock'],
  [/\/sandbox\/world\//, 'world'],
  [/\/sandbox\//, 'play'],
  [/\/src\//, 'app'],
];

/** Fraction 0..1 of the samples by layer. What Node itself and small libraries do counts for the layer that called them. */
export function sharesByLayer({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Readonly<Record<Layer, number>> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)));
  const known = new Map<number, Layer>();

  function layerOf(id: number): Layer {
    const found = known.get(id);
    if (found !== undefined) return found;
    const frame = byId.get(id)?.callFrame;
    const own = frame?.functionName === '(garbage collector)' ? 'garbageCollector' : places.find(([place]) => place.test(frame?.url ?? ''))?.[1];
    const parent = parents.get(id);
    const layer = own ?? (parent === undefined ? 'other' : layerOf(parent));
    known.set(id, layer);
    return layer;
  }

  const spent = new Map<Layer, number>(layers.map((layer) => [layer, 0]));
  let total = 0;
  for (const [index, id] of samples.entries()) {
    if (byId.get(id)?.callFrame.functionName === '(idle)') continue;
    const micros = timeDeltas[index] ?? 0;
    const layer = layerOf(id);
    spent.set(layer, (spent.get(layer) ?? 0) + micros);
    total += micros;
  }
  return Object.fromEntries(layers.map((layer) => [layer, total === 0 ? 0 : (spent.get(layer) ?? 0) / total])) as Record<Layer, number>; // one entry for each layer
}
