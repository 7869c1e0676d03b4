import type { BlobClient } from '@azure/storage-blob';
import type { Stamp } from '../../domain/fleet.ts';
import type { GateState } from '../../domain/facts.ts';
import type { Gate } from '../../ports/gate.ts';
import type { WriteOutcome } from '../../ports/outcome.ts';
import { readingOf, refusalOrThrow } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { BlobClients } from './blobClients.ts';
import { isNotFound, isThereAlready } from './blobFaults.ts';
import { blobText } from './blobText.ts';

/** What the gate in the cluster reads. Instants are ISO 8601; a closed gate opens by itself when it has run out (I5). */
interface GateDocument {
  readonly state: GateState;
  readonly expiresAt: string | null;
  readonly runId: string;
  readonly writtenAt: string;
}

interface Found {
  readonly document: GateDocument | null;
  readonly etag: string | null;
}

/** The gate's state, one blob a stamp, replaced only as it was read (If-Match). */
export function blobGate(context: SdkContext, clients: BlobClients): Gate {
  const now = (): number => context.clock.now();
  return {
    readGate: (stamp) =>
      readingOf(`gate of ${stamp.name}`, now, async () => {
        const blob = gateBlob(clients, stamp);
        return blob === null ? { state: 'open', expiresAt: null } : effective((await find(blob)).document, now());
      }),

    async applyGate(stamp, state, expiresAt, runId): Promise<WriteOutcome> {
      const what = `gate of ${stamp.name}`;
      const blob = gateBlob(clients, stamp);
      if (blob === null) return { kind: 'refused', reaction: 'notFound', why: `${stamp.name} has no gate` };
      try {
        const found = await find(blob);
        const document: GateDocument = {
          state,
          expiresAt: state === 'open' ? null : new Date(expiresAt).toISOString(),
          runId,
          writtenAt: new Date(now()).toISOString(),
        };
        const body = JSON.stringify(document);
        await blob.getBlockBlobClient().upload(body, Buffer.byteLength(body), {
          blobHTTPHeaders: { blobContentType: 'application/json', blobCacheControl: 'no-store' },
          conditions: found.etag === null ? { ifNoneMatch: '*' } : { ifMatch: found.etag },
        });
        return { kind: 'accepted' };
      } catch (error) {
        if (isThereAlready(error)) return { kind: 'refused', reaction: 'conflict', why: `${what} was changed by somebody else meanwhile` };
        return refusalOrThrow(error, what, now());
      }
    },
  };
}

const gateBlob = (clients: BlobClients, stamp: Stamp): BlobClient | null => (stamp.gate === null ? null : clients.blob(stamp.gate.blobUrl));

/** What the gate itself makes of the document: expired or absent is open. */
function effective(document: GateDocument | null, now: number): { readonly state: GateState; readonly expiresAt: number | null } {
  if (document === null || document.state === 'open') return { state: 'open', expiresAt: null };
  const expiresAt = document.expiresAt === null ? null : Date.parse(document.expiresAt);
  return expiresAt !== null && expiresAt <= now ? { state: 'open', expiresAt: null } : { state: 'closed', expiresAt };
}

async function find(blob: BlobClient): Promise<Found> {
  try {
    const [text, etag] = await blob.download().then(async (answer) => [await blobText(answer.readableStreamBody), answer.etag ?? null] as const);
    return { document: parse(text), etag };
  } catch (error) {
    if (isNotFound(error)) return { document: null, etag: null };
    throw error;
  }
}

/** A document that cannot be read is as good as none: the gate in the cluster takes it as open too. */
function parse(text: string): GateDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('state' in value)) return null;
    const expiresAt = 'expiresAt' in value && (typeof value.expiresAt === 'string' || typeof value.expiresAt === 'number') ? new Date(value.expiresAt).toISOString() : null;
    return { state: value.state === 'closed' ? 'closed' : 'open', expiresAt, runId: '', writtenAt: '' };
  } catch {
    return null;
  }
}
