import { expect, test } from 'vitest';
import { joinedReads } from '../../../src/adapters/http/joinedReads.ts';

test('who asks while a read is under way gets its answer, also a failure; who asks later makes a new one', async () => {
  const joined = joinedReads<number>();
  let reads = 0;
  const next = () => Promise.resolve().then(() => (reads += 1));
  expect(await Promise.all([joined('a', next), joined('a', next), joined('b', next)])).toEqual([1, 1, 2]);
  expect(await joined('a', next)).toBe(3);
  const fails = () => Promise.reject(new Error('down'));
  expect(await Promise.allSettled([joined('a', fails), joined('a', next)])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  expect(await joined('a', next)).toBe(4);
});
