import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareRequests, type Candidate } from '../../sandbox/world/frontDoor/routing.ts';

const origin = (change: Partial<Candidate> = {}): Candidate => ({ enabled: 'Enabled', healthy: true, priority: 1, weight: 500, latencyMs: 20, ...change });

describe('Front Door chooses origins as published', () => {
  it.each([
    ['equal weights inside the window share evenly', [origin(), origin({ latencyMs: 40 })], 30, [0.5, 0.5]],
    ['weights divide what is inside the window', [origin({ weight: 750 }), origin({ weight: 250, latencyMs: 25 })], 30, [0.75, 0.25]],
    ['an origin outside the window gets nothing, whatever its weight', [origin(), origin({ latencyMs: 51, weight: 1000 })], 30, [1, 0]],
    ['an origin at the edge of the window is in it', [origin(), origin({ latencyMs: 50 })], 30, [0.5, 0.5]],
    ['a window of 0 ms makes weights inert', [origin({ weight: 1 }), origin({ weight: 1000, latencyMs: 21 })], 0, [1, 0]],
    ['with a window of 0 ms weights count only where latencies tie', [origin({ weight: 100 }), origin({ weight: 300 })], 0, [0.25, 0.75]],
    ['priority comes before latency', [origin({ priority: 2, latencyMs: 5 }), origin({ latencyMs: 200 })], 30, [0, 1]],
    ['the next priority serves when the best is unhealthy', [origin({ healthy: false }), origin({ priority: 2 })], 30, [0, 1]],
    ['health comes before latency', [origin({ healthy: false, latencyMs: 1 }), origin({ latencyMs: 90 })], 0, [0, 1]],
    ['a disabled origin gets nothing', [origin({ enabled: 'Disabled' }), origin()], 30, [0, 1]],
    ['all unhealthy: all are served in turn, weights and latency forgotten', [origin({ healthy: false, weight: 1 }), origin({ healthy: false, latencyMs: 300, weight: 1000 })], 0, [0.5, 0.5]],
    ['all enabled ones unhealthy: a disabled healthy one still gets nothing', [origin({ healthy: false }), origin({ enabled: 'Disabled' })], 30, [1, 0]],
    ['nothing enabled: nothing is served', [origin({ enabled: 'Disabled' })], 30, [0]],
  ] as const)('%s', (_, candidates, windowMs, expected) => {
    const shares = shareRequests(candidates, windowMs);
    expect(shares).toHaveLength(expected.length);
    shares.forEach((share, index) => expect(share).toBeCloseTo(expected[index] ?? Number.NaN, 12));
  });

  const candidate = fc.record<Candidate>({
    enabled: fc.constantFrom('Enabled', 'Disabled'),
    healthy: fc.boolean(),
    priority: fc.integer({ min: 1, max: 5 }),
    weight: fc.integer({ min: 1, max: 1000 }),
    latencyMs: fc.integer({ min: 1, max: 300 }),
  });

  it('every request goes somewhere as long as an origin is enabled, and never to a disabled one', () => {
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 50 }), fc.integer({ min: 0, max: 200 }), (candidates, windowMs) => {
        const shares = shareRequests(candidates, windowMs);
        const anyEnabled = candidates.some(({ enabled }) => enabled === 'Enabled');
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(anyEnabled ? 1 : 0, 9);
        candidates.forEach(({ enabled }, index) => {
          if (enabled === 'Disabled') expect(shares[index]).toBe(0);
        });
      }),
    );
  });

  it('an unhealthy origin serves only while no enabled one is healthy', () => {
    fc.assert(
      fc.property(fc.array(candidate, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 200 }), (candidates, windowMs) => {
        const shares = shareRequests(candidates, windowMs);
        if (!candidates.some(({ enabled, healthy }) => enabled === 'Enabled' && healthy)) return;
        candidates.forEach(({ healthy }, index) => {
          if (!healthy) expect(shares[index]).toBe(0);
        });
      }),
    );
  });
});
