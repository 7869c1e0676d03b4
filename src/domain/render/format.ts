/** Numbers as people read them; the same text on every machine. */
export const count = (value: number): string => value.toLocaleString('en-US');

export const rate = (perSecond: number): string => (perSecond < 10 ? (Math.round(perSecond * 10) / 10).toString() : count(Math.round(perSecond)));

export const percent = (fraction: number): string => `${Math.round(fraction * 1000) / 10} %`;

export const money = (usd: number): string => `USD ${usd.toFixed(2)}`;

export const bounds = (low: number, high: number): string => `${low}..${high}`;

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
}
