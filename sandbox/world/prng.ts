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

/** 0 <= value < 1. */
export function draw(seed: number, stream: number, counter: number): number {
  return bits(seed, stream, counter) / 0x1_0000_0000;
}

export function drawBetween(seed: number, stream: number, counter: number, [low, high]: readonly [number, number]): number {
  return low + (high - low) * draw(seed, stream, counter);
}

/** A stable UUID (version 4 in form) for the thing called `name`. */
export function uuidOf(seed: number, name: string): string {
  const stream = streamOf(name);
  const [first, second, third, fourth] = [bits(seed, stream, 0), bits(seed, stream, 1), bits(seed, stream, 2), bits(seed, stream, 3)];
  const version = hex16((second & 0x0fff) | 0x4000);
  const variant = hex16(((third >>> 16) & 0x3fff) | 0x8000);
  return `${hex16(first >>> 16)}${hex16(first)}-${hex16(second >>> 16)}-${version}-${variant}-${hex16(third)}${hex16(fourth >>> 16)}${hex16(fourth)}`;
}

/** The alphabet of Kubernetes' own generated suffixes: no vowels, no look-alikes. */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

export function suffixOf(seed: number, name: string, length: number): string {
  const stream = streamOf(name);
  let suffix = '';
  for (let index = 0; index < length; index++) suffix += suffixAlphabet.charAt(Math.floor(draw(seed, stream, index) * suffixAlphabet.length));
  return suffix;
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex16(value: number): string {
  return `${bytes[(value >>> 8) & 0xff]}${bytes[value & 0xff]}`;
}

/** 32 bits: two rounds of the murmur3 finaliser over the three inputs. */
function bits(seed: number, stream: number, counter: number): number {
  return mix(mix((seed ^ Math.imul(stream, 0x9e3779b1)) >>> 0) ^ Math.imul(counter | 0, 0x85ebca6b));
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
