import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { DeploymentSources } from '../deployed/readDeployment.ts';

export type Speed = 'real' | 'max' | number;

export interface StartOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly speed: Speed;
  readonly report: string | null;
  /** null = the scenario's own fleet. */
  readonly deployment: DeploymentSources | null;
  /** Folder that keeps everything between starts; null = nothing is kept. */
  readonly state: string | null;
  readonly action: 'run' | 'list' | 'serve' | 'help';
}

export type OptionsRead = { readonly kind: 'options'; readonly options: StartOptions } | { readonly kind: 'problem'; readonly message: string };

export const usage = `npm start -- [options]
  --scenario NAME|FILE  which outage to play (default grey-region; --list names them)
  --seed N              same seed, same world (default 7)
  --speed real|N|max    simulated seconds per real second (default 20)
  --fleet-from FILE     play it on the fleet that would be deployed: a snapshot such as infra/params/trial.snapshot.json
  --policy FILE         with --fleet-from: what people decide of that fleet (default infra/params/fleet.policy.yaml)
  --gitops FOLDER       with --fleet-from: the workloads of its clusters (default gitops/overlays/flux; kubectl renders it)
  --report FILE         write the summary as JSON
  --serve               keep everything up for curl, kubectl and az; prints addresses and a shell snippet
  --state DIR           with --serve: keep everything in DIR; started again with it, all goes on where it ended or was killed
  --list                name the scenarios, one line each
  --help                this text`;

export function readOptions(args: readonly string[]): OptionsRead {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      options: {
        scenario: { type: 'string', default: 'grey-region' },
        seed: { type: 'string', default: '7' },
        speed: { type: 'string', default: '20' },
        report: { type: 'string' },
        'fleet-from': { type: 'string' },
        policy: { type: 'string' },
        gitops: { type: 'string' },
        state: { type: 'string' },
        list: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0) return problem(`--seed takes a whole number from 0, not "${values.seed}"`);
    const speed = speedOf(values.speed);
    if (speed === null) return problem(`--speed takes real, max or a number above 0, not "${values.speed}"`);
    const deployment = deploymentOf(values['fleet-from'], values.policy, values.gitops);
    if (deployment === null && (values.policy ?? values.gitops) !== undefined) return problem('--policy and --gitops go with --fleet-from');
    const action = values.help ? 'help' : values.list ? 'list' : values.serve ? 'serve' : 'run';
    return { kind: 'options', options: { scenario: values.scenario, seed, speed, report: values.report ?? null, state: values.state ?? null, deployment, action } };
  } catch (error) {
    return problem(error instanceof Error ? error.message : String(error));
  }
}

function deploymentOf(snapshot: string | undefined, policy = inProject('infra/params/fleet.policy.yaml'), gitops = inProject('gitops/overlays/flux')): DeploymentSources | null {
  return snapshot === undefined ? null : { snapshot, policy, gitops };
}

const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

function speedOf(text: string): Speed | null {
  if (text === 'real' || text === 'max') return text;
  const factor = Number(text);
  return Number.isFinite(factor) && factor > 0 ? factor : null;
}

const problem = (message: string): OptionsRead => ({ kind: 'problem', message: `${message}\n\n${usage}` });
