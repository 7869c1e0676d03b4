import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { OperatorAction, Scenario } from '../scenarios/index.ts';
import type { LocalHost } from '../host/index.ts';
import type { Simulation } from '../simulation.ts';
import { apiOf, type Api } from './api.ts';
import { whoActs } from './whoActs.ts';

/** The operator of a scenario: acts through the product's API at the times that the file says. */
export interface Operator {
  actIfDue(entries: readonly ChainedEntry[]): Promise<void>;
  problems(): Promise<readonly string[]>;
}

interface RunsAnswer {
  readonly runs: readonly { readonly runId: string; readonly outcome: string | null; readonly stamps: readonly string[] }[];
}

export function playOperator(scenario: Scenario, startMs: number, simulation: Simulation): Operator {
  const apiVia = (via: OperatorAction['via'], entries: readonly ChainedEntry[]): Api | null => {
    const host = hostVia(simulation, via, entries);
    return host === null ? null : apiOf(() => host, () => simulation.azure.issueToken({ as: 'approver', audience: 'api' }));
  };
  const due = scenario.operator.toSorted((a, b) => a.at - b.at);
  const problems: string[] = [];
  return {
    async actIfDue(entries) {
      for (let next = due[0]; next !== undefined && startMs + next.at * 1000 <= simulation.clock.now(); next = due[0]) {
        const api = apiVia(next.via, entries);
        if (api === null || !(await act(api, next, problems))) return;
        due.shift();
      }
    },
    problems: async () => [...problems, ...due.map((action) => `the operator could not ${action.do}`)],
  };
}

/** Null while there is none of that kind. */
function hostVia({ controllers, host }: Simulation, via: OperatorAction['via'], entries: readonly ChainedEntry[]): LocalHost | null {
  if (via === undefined) return host;
  const acting = whoActs(entries);
  if (acting === null) return null;
  return controllers.find((one) => one.host !== null && (via === 'acting') === (one.region === acting.region))?.host ?? null;
}

/** False when there is nothing yet to act on. */
async function act(api: Api, action: OperatorAction, problems: string[]): Promise<boolean> {
  const told = (what: string, status: number, body: unknown): boolean => {
    if (status >= 300) problems.push(`${what} was answered ${status}: ${JSON.stringify(body)}`);
    return true;
  };
  switch (action.do) {
    case 'drain':
    case 'restore': {
      const { status, body } = await api.post(`/regions/${action.region}/${action.do}`, { reason: action.reason, ...(action.do === 'drain' ? { mode: action.mode } : {}) });
      return told(`${action.do} of ${action.region}`, status, body);
    }
    case 'abort':
    case 'approve': {
      const runs = await api.get<RunsAnswer>('/runs');
      const region = action.region;
      const run = runs?.runs.find(({ outcome, stamps }) => outcome === null && (region === undefined || stamps.includes(region)));
      if (run === undefined) return false;
      if (action.do === 'approve' && (await api.get<{ readonly phase: string }>(`/runs/${run.runId}`))?.phase !== 'awaitingApproval') return false;
      const { status, body } = await api.post(`/runs/${run.runId}/${action.do}`, { reason: action.do === 'abort' ? action.reason : 'go' });
      return told(`${action.do} of ${run.runId}`, status, body);
    }
    case 'killSwitch': {
      const { status, body } = await api.put('/controls', { killSwitch: action.set });
      return told('the kill switch', status, body);
    }
    case 'mode': {
      const { status, body } = await api.put('/controls', { mode: action.set });
      return told('the mode', status, body);
    }
  }
}
