/** IPv4 ranges in CIDR form, as inclusive number ranges. */
export interface Range {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

/** Throws on anything but IPv4 CIDR: a snapshot holds nothing else where a range is due. */
export function parseCidr(text: string): Range {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) throw new Error(`not an IPv4 range: ${text}`);
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { text, first, last: first + size - 1 };
}

export const addressCount = (range: Range): number => range.last - range.first + 1;

export const overlaps = (left: Range, right: Range): boolean => left.first <= right.last && right.first <= left.last;
