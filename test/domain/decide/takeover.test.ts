import { describe, expect, it } from 'vitest';
import { decideTakeover, type TakeoverInput } from '../../../src/domain/decide/takeover.ts';
import type { RunRequest } from '../../../src/domain/run.ts';

const request: RunRequest = {
  runId: 'north-1', kind: 'failover', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'watch' }, reason: 'r', requestedAt: 0, expiresAt: null, controlRegion: 'north', drill: null, scope: 'full',
};

const seconds = 1000;
const input = (change: Partial<TakeoverInput>): TakeoverInput => ({
  controlRegion: 'south', request, executedBy: 'north', fence: { runId: 'north-1', lease: 'lapsed' }, quietMs: 90 * seconds, controllerSilentMs: 90 * seconds, ...change,
});

describe('who goes on with an open run (I3, I11)', () => {
  it.each<[string, Partial<TakeoverInput>, ReturnType<typeof decideTakeover>]>([
    ['another region\'s, its lease has run out and it has not been seen since', {}, { kind: 'takeOver', from: 'north' }],
    ['another region\'s that never got the fence, quiet for as long', { fence: null }, { kind: 'takeOver', from: 'north' }],
    ['another region\'s that has never looked at the fleet', { controllerSilentMs: Number.POSITIVE_INFINITY }, { kind: 'takeOver', from: 'north' }],
    ['another region\'s whose lease lives', { fence: { runId: 'north-1', lease: 'live' } }, { kind: 'leave' }],
    ['another region\'s that waits for the fence of a live run', { fence: { runId: 'other', lease: 'live' }, quietMs: 600 * seconds }, { kind: 'leave' }],
    ['another region\'s whose lease ran out while it lives: slow, not dead', { controllerSilentMs: 20 * seconds }, { kind: 'leave' }],
    ['the same, quiet for three minutes: stuck', { controllerSilentMs: 20 * seconds, quietMs: 180 * seconds }, { kind: 'takeOver', from: 'north' }],
    ['another region\'s that has just been opened', { fence: null, quietMs: 5 * seconds, controllerSilentMs: 70 * seconds }, { kind: 'leave' }],
    ['the fence lapsed in another run\'s name: quiet counts', { fence: { runId: 'other', lease: 'lapsed' }, quietMs: 30 * seconds }, { kind: 'leave' }],
    ['our own, quiet for a while: our orchestration resumes by itself', { executedBy: 'south', controllerSilentMs: 0 }, { kind: 'leave' }],
    ['our own, quiet for three minutes', { executedBy: 'south', controllerSilentMs: 0, quietMs: 180 * seconds }, { kind: 'restart' }],
  ])('%s', (_, change, decided) => {
    expect(decideTakeover(input(change))).toEqual(decided);
  });
});
