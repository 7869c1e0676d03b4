import { describe, expect, it } from 'vitest';
import { compareCase } from './compareCase.ts';
import { differences, findDifference, type Difference } from './differences.ts';
import { listRecordings, readRecording, recordingsFolder } from './recordings.ts';
import { replayCase } from './replayCase.ts';

const publishedCases = 127;
const names = listRecordings();

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

  it('still differs wherever a difference is listed', () => {
    expect(differences.filter((each) => !seenDifferences.has(each))).toEqual([]);
  });

  it('compares every published case', () => {
    expect(names.length).toBeGreaterThanOrEqual(publishedCases);
  });
});
