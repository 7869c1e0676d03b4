import type { Write } from '../ledgerEvent.ts';

/** The value that a write sets, for people. */
export function settingText(write: Write): string {
  switch (write.target) {
    case 'pool':
      return `${write.set.minCount}..${write.set.maxCount} nodes`;
    case 'hpa':
      return `${write.set.minReplicas}..${write.set.maxReplicas} replicas`;
    case 'origin':
      return write.set.enabled === 'Disabled' ? 'disabled' : `enabled at weight ${write.set.weight}`;
    case 'gate':
      return write.set;
  }
}
