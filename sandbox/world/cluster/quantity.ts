const multiples: Readonly<Record<string, number>> = {
  '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A Kubernetes quantity (250m, 1, 128Mi, 2e3) in its base unit: cores, bytes. Throws for what is not one. */
export function quantityOf(text: string): number {
  const [, digits = '', exponent = '0', suffix = ''] = /^(\d+(?:\.\d+)?)(?:[eE](\d+)|([A-Za-z]*))$/.exec(text) ?? [];
  const multiple = multiples[suffix];
  if (digits === '' || multiple === undefined) throw new Error(`not a quantity that is understood: "${text}"`);
  return Number(digits) * 10 ** Number(exponent) * multiple;
}
