import type { DurableSettings } from './durableSettings.ts';

export type VersionVerdict = 'runs' | 'rejected' | 'fails';

/** Whether this host may run an instance of that version. Recorded: no defaultVersion with an instance that has one is rejected. */
export function judgeVersion(instanceVersion: string | null, settings: DurableSettings): VersionVerdict {
  if (isAllowed(instanceVersion, settings)) return 'runs';
  return settings.versionFailureStrategy === 'Fail' ? 'fails' : 'rejected';
}

function isAllowed(instanceVersion: string | null, settings: DurableSettings): boolean {
  const order = compareVersions(instanceVersion ?? '', settings.defaultVersion ?? '');
  switch (settings.versionMatchStrategy) {
    case 'None':
      return true;
    case 'Strict':
      return order === 0;
    case 'CurrentOrOlder':
      return order <= 0;
  }
}

/** System.Version where both are one (2.0 before 10.0), else by text without regard to case; no version comes first. */
export function compareVersions(left: string, right: string): number {
  if (left === right) return 0;
  if (left === '') return -1;
  if (right === '') return 1;
  const leftParts = toParts(left);
  const rightParts = toParts(right);
  if (leftParts === undefined || rightParts === undefined) {
    const [a, b] = [left.toLowerCase(), right.toLowerCase()];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  for (let index = 0; index < 4; index += 1) {
    const difference = (leftParts[index] ?? -1) - (rightParts[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function toParts(version: string): number[] | undefined {
  return /^\d+(\.\d+){1,3}$/.test(version) ? version.split('.').map(Number) : undefined;
}
