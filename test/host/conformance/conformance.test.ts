import { describe, expect, it } from 'vitest';
import { compareCase } from './compareCase.ts';
import { differences, findDifference, type Difference } from './differences.ts';
import { compare, normalise } from './normalise.ts';
import { listRecordings, readRecording, recordingsFolder } from './recordings.ts';
import { replayCase } from './replayCase.ts';

const publishedCases = 127;
const names = listRecordings();

/** One of each kind: the transport changes how a history reaches the SDK, and nothing else. */
const casesAlsoAsObjects = [
  'activity_retry_backoff_caught', 'any_event_wins_no_cancel', 'can_burst_events', 'entity_call_ops', 'event_two_waits_same_name', 'fanout_one_fails_caught', 'nondet_kind',
  'rewind_sub', 'sub_retry_ok', 'suspend_resume', 'terminate_waiting', 'timer_two_in_order', 'version_default',
] as const;

describe('the Durable engine does what the real extension was recorded doing', () => {
  if (names === undefined) {
    it.skip(`skipped ${publishedCases} recorded cases: ${recordingsFolder} is not there`, () => undefined);
    return;
  }

  const seenDifferences = new Set<Difference>();

  it.each(names)('%s', async (name) => {
    const recording = readRecording(name);
    const mismatches = compareCase(recording, await replayCase(recording));
    const unlisted = mismatches.filter((mismatch) => {
      const listed = findDifference(name, mismatch);
      if (listed !== undefined) seenDifferences.add(listed);
      return listed === undefined;
    });
    expect(unlisted).toEqual([]);
  });

  it.each(casesAlsoAsObjects)('%s, also with histories handed over as objects', async (name) => {
    const recording = readRecording(name);
    const { finalStatus, leftOut, warnings } = await replayCase(recording, 'objects');
    expect({ mismatches: compare('finalStatus', normalise(recording.finalStatus), normalise(finalStatus)), leftOut, warnings }).toEqual({ mismatches: [], leftOut: [], warnings: [] });
  });

  it('still differs wherever a difference is listed', () => {
    expect(differences.filter((each) => !seenDifferences.has(each))).toEqual([]);
  });

  it('compares every published case', () => {
    expect(names.length).toBeGreaterThanOrEqual(publishedCases);
  });
});
