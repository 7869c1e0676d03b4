import { expect, it, vi } from 'vitest';
import { playInMemory } from './playInMemory.ts';

/** A product with a fault planted in it: it neither makes the room of its plan nor looks for it before it moves the traffic. */
vi.mock('../../src/orchestrations/steps/makeRoom.ts', async (load) => ({
  ...(await load<object>()),
  makeRoom: function* () {
    yield* [];
    return { kind: 'made' };
  },
}));
vi.mock('../../src/activities/proveCapacity.ts', () => ({ proveCapacity: () => Promise.resolve({ kind: 'proved' }) }));

it('a product that moves traffic to where there is no room for it is seen by the watch of the sandbox (I2)', async () => {
  const { violations } = await playInMemory('drain');
  expect(violations.map(({ invariant }) => invariant)).toContain('I2');
  expect(violations.find(({ invariant }) => invariant === 'I2')?.message).toMatch(/is to serve \d+ requests\/s after gate eastus2/);
}, 120_000);
