/**
 * Randomness without state: a draw is a hash of the seed and of what it is for, so that neither the order of calls
 * nor who reads the world changes a value, and nothing has to be saved.
 */

/** 32-bit FNV-1a of a text: turns the name of a thing into a stream of its own. */
export function streamOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** 0 <= value < 1. Two rounds of the murmur3 finaliser over the three inputs. */
export function draw(seed: number, stream: number, counter: number): number {
  return mix(mix((seed ^ Math.imul(stream, 0x9e3779b1)) >>> 0) ^ Math.imul(counter | 0, 0x85ebca6b)) / 0x1_0000_0000;
}

export function drawBetween(seed: number, stream: number, counter: number, [low, high]: readonly [number, number]): number {
  return low + (high - low) * draw(seed, stream, counter);
}

/** A stable UUID (version 4 in form) for the thing called `name`. */
export function uuidOf(seed: number, name: string): string {
  const stream = streamOf(name);
  let hex = '';
  for (let part = 0; part < 4; part++) hex += Math.floor(draw(seed, stream, part) * 0x1_0000_0000).toString(16).padStart(8, '0');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The alphabet of Kubernetes' own generated suffixes: no vowels, no look-alikes. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export function suffixOf(seed: number, name: string, length: number): string {
  const stream = streamOf(name);
  let suffix = '';
  for (let index = 0; index < length; index++) suffix += suffixAlphabet.charAt(Math.floor(draw(seed, stream, index) * suffixAlphabet.length));
  return suffix;
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
