import { beforeAll, describe, expect, it } from 'vitest';
import { startAzurite } from '../../tools/func/azurite.ts';
import { listRecordings, readRecording, recordingsFolder, type Recording } from '../host/conformance/recordings.ts';
import type { SeenCase } from '../host/conformance/replayCase.ts';
import { toFirstHost } from '../host/conformance/timeline.ts';
import { findAzurite } from './findAzurite.ts';
import { compareWithRecording, countPlayed, isPlayed, needsOwnHost, whyLeftOut, type Scope } from './durableHost/cases.ts';
import { ExtensionPlayer } from './durableHost/extensionPlayer.ts';
import { buildDurableHost, extensionVersion, findDotnet } from './durableHost/findDotnet.ts';
import { skipped } from './skipped.ts';

const scope: Scope = process.env['SPILLWAY_TEST_SCOPE'] === 'full' ? 'full' : 'short';
const dotnet = findDotnet();
const azuriteSource = findAzurite();
const names = listRecordings();
const missingTool = dotnet.kind === 'none' ? dotnet.why : azuriteSource.kind === 'none' ? azuriteSource.why : null;
const missing = missingTool ?? (names === undefined ? `${recordingsFolder} is not there` : null);
const skippedLine = `Durable extension: skipped ${countPlayed(scope)} recorded cases, ${missing}`;
if (missing === null) console.log(`Durable extension ${extensionVersion} on the WebJobs SDK: .NET ${dotnet.kind === 'found' ? dotnet.version : ''}`);
else console.log(missingTool === null ? skippedLine : skipped(skippedLine));

const played = (names ?? []).filter((name) => isPlayed(name, scope));
/** So many are played side by side: more, and a slow machine batches what came apart when it was recorded. */
const sideBySide = 3;
/** What came out otherwise is played once more, one after the other on an empty hub: what the machine's load did does not come again. */
const rounds = [sideBySide, 1];

/**
 * The harness that stands in for the script host proved by what was recorded on the real one: the same functions, the same
 * requests, in real time, on the real extension. What passes here is what the local engine passes in test/host/conformance.
 */
describe.skipIf(missing !== null)('the real Durable extension under the harness does what was recorded on the real Functions host', () => {
  const seen = new Map<string, SeenCase>();

  beforeAll(async () => {
    const hostDll = await buildDurableHost();
    for (const atOnce of rounds) {
      const recordings = played.map(readRecording).filter((recording) => !isAsRecorded(recording, seen.get(recording.case)));
      const together = recordings.filter((recording) => !needsOwnHost(recording.case));
      if (together.length > 0) await playRound(hostDll, together, atOnce, seen);
      for (const recording of recordings) if (needsOwnHost(recording.case)) await playRound(hostDll, [recording], 1, seen);
    }
  }, 2_400_000);

  it.each(played)('%s', (name) => {
    const own = seen.get(name);
    expect(own).toBeDefined();
    if (own !== undefined) expect(compareWithRecording(readRecording(name), own)).toEqual([]);
  });

  it('leaves out only what it says', () => {
    expect(played).toHaveLength(countPlayed(scope));
    if (scope === 'full') expect((names ?? []).filter((name) => !played.includes(name) && whyLeftOut(name) === null)).toEqual([]);
  });
});

const isAsRecorded = (recording: Recording, seen: SeenCase | undefined): boolean => seen !== undefined && compareWithRecording(recording, seen).length === 0;

/** On a storage account of its own: instances have the names of their cases. */
async function playRound(hostDll: string, recordings: readonly Recording[], atOnce: number, seen: Map<string, SeenCase>): Promise<void> {
  const azurite = await startAzurite();
  try {
    for (const durableTask of new Set(recordings.map((recording) => JSON.stringify(toFirstHost(recording))))) {
      const player = await ExtensionPlayer.start(hostDll, JSON.parse(durableTask), azurite.connectionString);
      try {
        await playAll(player, recordings.filter((recording) => JSON.stringify(toFirstHost(recording)) === durableTask), atOnce, seen);
      } finally {
        await player.stop();
      }
    }
  } finally {
    await azurite.stop();
  }
}

async function playAll(player: ExtensionPlayer, recordings: readonly Recording[], atOnce: number, seen: Map<string, SeenCase>): Promise<void> {
  const queue = [...recordings];
  const playNext = async (): Promise<void> => {
    for (let recording = queue.shift(); recording !== undefined; recording = queue.shift()) seen.set(recording.case, await player.play(recording));
  };
  await Promise.all(Array.from({ length: atOnce }, playNext));
}
