import { compareCase } from '../../host/conformance/compareCase.ts';
import { compare, normalise, type Mismatch } from '../../host/conformance/normalise.ts';
import type { Recording } from '../../host/conformance/recordings.ts';
import type { SeenCase } from '../../host/conformance/replayCase.ts';
import { extensionVersion, recordedVersion } from './findDotnet.ts';

/** Cases that are not played, and why. */
const leftOut: readonly { readonly names: RegExp; readonly why: string }[] = [
  {
    names: /^(api_start|all_two_fail|kill_event_while_down|retry_timeout)$/,
    why: 'who is first decides what comes out: a start again a fifth of a second after the first, one of two failures, an event that was taken up 20 ms before the kill, ten attempts before a limit of 1.8 s',
  },
  { names: /^api_purge_filter/, why: 'purges by instants, which takes the instances of other cases with it' },
];

/** Which completions, events or operations share an episode decides the history: chance, on the recorded host too. Their ends are compared. */
const chance = new Set([
  'activity_retry_fanout', 'any_all_fail', 'api_status_queries', 'can_burst_events', 'can_burst_with_activity', 'can_pending_events', 'can_pending_timer', 'can_unfinished_tasks',
  'call_http_polling', 'entity_batch', 'entity_client', 'entity_client_throw', 'entity_fanout', 'entity_signal_from_orch', 'event_before_wait', 'event_during_activity', 'event_right_after_start', 'fanout_ok', 'fanout_one_fails',
  'fanout_one_fails_caught', 'rewind_failed', 'rewind_parallel', 'sub_fanout', 'sub_id_of_running', 'terminate_with_child', 'start_override_any_state', 'any_loop_polling',
]);

/** Each on a host and a hub of its own: the host is killed, started in another version, or the code of all functions is switched. */
export const needsOwnHost = (name: string): boolean => /^(kill|version|nondet)_/.test(name);

/** What was asked nine minutes after an instance had failed, for its history alone, need not be waited for as long. */
export const longestPauseMs = (name: string): number => (name.startsWith('nondet_') ? 20_000 : Number.POSITIVE_INFINITY);

/**
 * How long an instance may take longer than recorded: these machines are not that one, and here the leases of a killed host must end
 * before another goes on, which on the recorded host had them again at once.
 */
export const patienceMs = (name: string): number => (name.startsWith('kill_') ? 150_000 : 30_000);

/** One of each kind, in about half a minute. */
const short = new Set([
  'activity_success', 'activity_fail_caught', 'activity_fail_uncaught', 'activity_inputs', 'activity_outputs', 'activity_retry_backoff_caught', 'activity_retry_exhausted', 'any_event_wins',
  'any_event_wins_no_cancel', 'any_timer_wins', 'can_simple', 'client_binding', 'custom_status', 'custom_status_too_big', 'entity_call_ops', 'event_after_wait', 'event_two_waits_same_name', 'fanout_ok',
  'fanout_one_fails_caught', 'new_guid', 'sdk_flow', 'sub_explicit_id', 'sub_fail_caught', 'sub_retry_ok', 'suspend_resume', 'terminate_waiting', 'throw_error', 'timer_long_7d', 'timer_short',
]);

export type Scope = 'short' | 'full';

export const isPlayed = (name: string, scope: Scope): boolean => !leftOut.some(({ names }) => names.test(name)) && (scope === 'full' || short.has(name));

/** How many cases are played where the recordings are: for the line that says that they are not. */
export const countPlayed = (scope: Scope): number => (scope === 'full' ? 121 : short.size);

export const whyLeftOut = (name: string): string | null => leftOut.find(({ names }) => names.test(name))?.why ?? null;

/** What of a case was otherwise on the real extension than recorded. Trigger metadata is the script host's, which is not here. */
export function compareWithRecording(recording: Recording, seen: SeenCase): readonly Mismatch[] {
  const found = chance.has(recording.case) ? compare('ends', normalise(endsOf(recording.finalStatus)), normalise(endsOf(seen.finalStatus))) : compareCase(recording, seen);
  return found.filter((mismatch) => !mismatch.at.includes('.triggerMetadata') && !mismatch.at.startsWith('polled') && !isAskedTooEarly(mismatch) && !isNewer(mismatch));
}

/** What releases up to 3.19.0 do otherwise than 3.15.2: a new member of the trigger, and one blank less in the text of a failure. */
function isNewer({ at, recorded, seen }: Mismatch): boolean {
  if (extensionVersion === recordedVersion) return false;
  if (at.endsWith('.in.sourceInstanceId')) return recorded === undefined && seen === null;
  return typeof recorded === 'string' && typeof seen === 'string' && withoutBlanks(recorded) === withoutBlanks(seen);
}

const withoutBlanks = (text: string): string => text.replaceAll(' ', '');

/** What was asked right after a start, and cannot be asked again: a slower machine has not taken it up yet. */
const isAskedTooEarly = ({ at, recorded, seen }: Mismatch): boolean => at.startsWith('sdkRe') && at.endsWith('.runtimeStatus') && recorded === 'Running' && seen === 'Pending';

/** Children have ids made at random, by which they cannot be asked for here. */
const endsOf = (finalStatus: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(finalStatus).filter(([key]) => !/^[0-9a-f-]{36}:\d+$/.test(key)).map(([key, document]) => [key, endOf(document)]));

const endOf = (document: unknown): unknown => {
  const { name, runtimeStatus, input, customStatus, output } = document as Readonly<Record<string, unknown>>;
  return { name, runtimeStatus, input, customStatus, output };
};
