const multiples: Readonly<Record<string, number>> = { '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** A Kubernetes quantity (250m, 1, 128Mi) in its base unit: cores, bytes. Throws for what is not one. */
export function quantityOf(text: string): number {
  const [, digits = '', suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const multiple = multiples[suffix];
  if (digits === '' || multiple === undefined) throw new Error(`not a quantity that is understood: "${text}"`);
  return Number(digits) * multiple;
}
