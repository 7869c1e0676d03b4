/** One line of the report. `skipped` says what was therefore not checked; it is no success. */
export interface CheckResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly details: readonly string[];
}

export const passed = (name: string): CheckResult => ({ name, outcome: 'passed', details: [] });
export const skipped = (name: string, why: string): CheckResult => ({ name, outcome: 'skipped', details: [why] });

/** Failed when there are findings, else passed. */
export const judged = (name: string, findings: readonly string[]): CheckResult => ({ name, outcome: findings.length === 0 ? 'passed' : 'failed', details: findings });
