/** Just enough to draw figures as SVG: a panel with axes, lines, points and bars, readable on a light and on a dark page. */
export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points?: readonly Point[];
  /** Dashed: what is compared with. */
  readonly guide?: readonly Point[];
  readonly guideLabel?: string;
  readonly bars?: readonly { readonly label: string; readonly value: number }[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Radius in pixels; 3 when left out. */
  readonly size?: number;
}

const width = 300;
const height = 250;
const left = 52;
const right = 14;
const top = 34;
const bottom = 44;

export function figure(caption: string, panels: readonly Panel[]): string {
  const total = panels.length * width;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height + 24}" width="${total}" height="${height + 24}" font-family="sans-serif" font-size="11" role="img" aria-label="${escaped(caption)}">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...panels.map((panel, index) => `<g transform="translate(${index * width} 0)">${drawn(panel)}</g>`),
    text(10, height + 14, caption, 'start', '#555'),
    '</svg>',
    '',
  ].join('\n');
}

function drawn(panel: Panel): string {
  const { bars = [], points = [], guide = [] } = panel;
  const all = [...points, ...guide];
  const xMost = nice(Math.max(1, ...all.map(({ x }) => x)));
  const yMost = nice(Math.max(Number.MIN_VALUE, ...all.map(({ y }) => y), ...bars.map(({ value }) => value)));
  const x = (value: number): number => left + (value / xMost) * (width - left - right);
  const y = (value: number): number => height - bottom - (value / yMost) * (height - top - bottom);
  const parts = [text(width / 2, 18, panel.title, 'middle', '#111', 'bold'), text((left + width - right) / 2, height - 8, panel.xLabel), `<g transform="rotate(-90 12 ${(top + height - bottom) / 2})">${text(12, (top + height - bottom) / 2, panel.yLabel)}</g>`];
  for (const tick of [0, yMost / 2, yMost]) parts.push(`<line x1="${left}" y1="${one(y(tick))}" x2="${width - right}" y2="${one(y(tick))}" stroke="#ddd"/>`, text(left - 5, y(tick) + 4, short(tick), 'end'));
  if (bars.length === 0) for (const tick of [0, xMost / 2, xMost]) parts.push(text(x(tick), height - bottom + 15, short(tick)));
  if (guide.length > 0) {
    parts.push(`<polyline fill="none" stroke="#999" stroke-dasharray="4 3" points="${guide.map((point) => `${one(x(point.x))},${one(y(point.y))}`).join(' ')}"/>`);
    parts.push(text(left + 6, top + 8, panel.guideLabel ?? '', 'start', '#777'));
  }
  for (const point of points) parts.push(`<circle cx="${one(x(point.x))}" cy="${one(y(point.y))}" r="${one(point.size ?? 3)}" fill="#0b6bcb" fill-opacity="0.75"/>`);
  const slot = (width - left - right) / Math.max(1, bars.length);
  bars.forEach(({ label, value }, index) => {
    const from = left + index * slot + slot * 0.15;
    parts.push(`<rect x="${one(from)}" y="${one(y(value))}" width="${one(slot * 0.7)}" height="${one(height - bottom - y(value))}" fill="#0b6bcb"/>`, text(from + slot * 0.35, y(value) - 4, String(value)), text(from + slot * 0.35, height - bottom + 15, label));
  });
  return parts.join('\n');
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end' = 'middle', fill = '#333', weight = 'normal'): string {
  return `<text x="${one(x)}" y="${one(y)}" text-anchor="${anchor}" fill="${fill}" font-weight="${weight}">${escaped(content)}</text>`;
}

/** The next round number. */
function nice(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((factor) => most <= factor * power) ?? 10) * power;
}

const one = (value: number): string => String(Math.round(value * 10) / 10);
const short = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
