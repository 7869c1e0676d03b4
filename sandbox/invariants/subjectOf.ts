import type { Write } from '../../src/domain/ledgerEvent.ts';

/** What a recorded write changes, as `SeenWrite.subject` names it. */
export const subjectOf = (write: Write): string => {
  switch (write.target) {
    case 'origin':
      return `${write.originGroup}/${write.origin}`;
    case 'gate':
      return write.stamp;
    case 'pool':
      return `${write.stamp}/${write.pool}`;
    case 'hpa':
      return `${write.stamp}/${write.namespace}/${write.hpa}`;
  }
};
