import type { RecordedHttp, Recording } from './recordings.ts';

/** Switches that the functions read from the file named by REC_CTL. */
export interface Switches {
  readonly nondet?: boolean;
  readonly fail?: Readonly<Record<string, boolean>>;
}

export type Step =
  | { readonly kind: 'http'; readonly atMs: number; readonly recorded: RecordedHttp }
  | { readonly kind: 'sdk'; readonly atMs: number; readonly recorded: RecordedHttp }
  | { readonly kind: 'switches'; readonly atMs: number; readonly switches: Switches }
  /** The end of the host with its worker: `killed` outright, or `stopped` to be started with other settings. */
  | { readonly kind: 'kill'; readonly atMs: number; readonly how: 'killed' | 'stopped' }
  | { readonly kind: 'host'; readonly atMs: number; readonly durableTask: Readonly<Record<string, unknown>> };

const versionSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  version_default: { defaultVersion: '1.0' },
  version_none: {},
  version_mismatch_strict: {},
  version_current_or_older: { defaultVersion: '2.0', versionMatchStrategy: 'CurrentOrOlder', versionFailureStrategy: 'Fail' },
};

/** host.json's durableTask of the host that a case begins on. */
export function toFirstHost(recording: Recording): Readonly<Record<string, unknown>> {
  const { durableTask } = recording.functionsVersion;
  if (typeof durableTask === 'object' && durableTask !== null) return { ...durableTask };
  return { hubName: 'RecVer', ...versionSettings[recording.case] };
}

/** What was done to the host in a case, in the order and at the times of the recording. */
export function toTimeline(recording: Recording): readonly Step[] {
  const steps: Step[] = [...toHttpSteps(recording), ...toNotedSteps(recording)];
  return steps.toSorted((a, b) => a.atMs - b.atMs);
}

/** The instant at which the clock starts: a little before the first thing that happened. */
export function toStartMs(recording: Recording): number {
  const instants = [...recording.http.map((each) => each.at), ...recording.episodes.map((each) => each.at)].filter((at) => at !== undefined).map((at) => Date.parse(at));
  return Math.min(...instants) - 100;
}

function toHttpSteps(recording: Recording): Step[] {
  const steps: Step[] = [];
  let lastMs = toStartMs(recording);
  let firstSdkMs: number | undefined;
  for (const recorded of recording.http) {
    const atMs = recorded.at === undefined ? lastMs : Date.parse(recorded.at);
    lastMs = atMs;
    // the client's own requests are made again by the calls that caused them
    if (recorded.via?.startsWith('sdk-client') === true) {
      firstSdkMs ??= atMs;
    } else if (recorded.via === 'sdk-results') {
      steps.push({ kind: 'sdk', atMs: firstSdkMs ?? atMs, recorded });
      firstSdkMs = undefined;
    } else if (recorded.at !== undefined) {
      steps.push({ kind: 'http', atMs, recorded: { ...recorded, requestBody: mendCutBody(recorded.requestBody) } });
    }
  }
  return steps;
}

/** The recorder cut the one large body that was sent; it repeats ten letters. */
function mendCutBody(body: string | null | undefined): string | null {
  const cut = body === null || body === undefined ? null : /\[truncated by the recorder: (\d+) characters/.exec(body);
  if (cut === null) return body ?? null;
  const wrapping = '{"big":""}'.length;
  return JSON.stringify({ big: 'abcdefghij'.repeat((Number(cut[1]) - wrapping) / 10) });
}

function toNotedSteps(recording: Recording): Step[] {
  const steps: Step[] = [];
  const startMs = toStartMs(recording);
  for (const note of recording.notes) {
    const switched = /^code switched at (\S+)$/.exec(note);
    if (switched !== null) steps.push({ kind: 'switches', atMs: Date.parse(switched[1] ?? ''), switches: { nondet: true } });
    const killed = /^killed at (\S+), .*host answered HTTP at (\S+)$/.exec(note);
    if (killed !== null) {
      steps.push({ kind: 'kill', atMs: Date.parse(killed[1] ?? ''), how: 'killed' }, { kind: 'host', atMs: Date.parse(killed[2] ?? ''), durableTask: toFirstHost(recording) });
    }
    const host = /^host at defaultVersion (\S+), versionMatchStrategy (\w+)(?:, versionFailureStrategy (\w+))?.*?, (\S+)$/.exec(note);
    if (host !== null) {
      const [, defaultVersion, match, failure, at = ''] = host;
      const durableTask = { hubName: 'RecVer', defaultVersion, ...(match === 'default' ? {} : { versionMatchStrategy: match }), ...(failure === undefined || failure === 'default' ? {} : { versionFailureStrategy: failure }) };
      steps.push({ kind: 'kill', atMs: Date.parse(at) - 1000, how: 'stopped' }, { kind: 'host', atMs: Date.parse(at) - 500, durableTask });
    }
  }
  if (recording.case === 'version_mismatch_strict') {
    // the first instances were started by a host without a version, then by one at 1.0, which the notes leave out
    const first = Date.parse(recording.http[1]?.at ?? '');
    steps.push({ kind: 'kill', atMs: first - 1000, how: 'stopped' }, { kind: 'host', atMs: first - 500, durableTask: { hubName: 'RecVer', defaultVersion: '1.0' } });
  }
  if (recording.case.startsWith('rewind')) {
    const key = recording.case === 'rewind_parallel' ? 'rewind_twice_parallel' : recording.case;
    const rewound = recording.http.find((each) => each.path?.includes('/rewind?') === true && each.status === 202);
    steps.push({ kind: 'switches', atMs: startMs, switches: { fail: { [key]: true } } }, { kind: 'switches', atMs: Date.parse(rewound?.at ?? '') - 1, switches: {} });
  }
  return steps;
}
