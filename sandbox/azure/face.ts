/**
 * A face answers one Azure service's HTTP from the world. Pure of sockets, so that the same bytes can come through
 * TLS on loopback (sandbox/azure/server.ts) or through an in-memory transport of the SDK's own pipeline.
 */
export interface FaceRequest {
  readonly method: string;
  /** Absolute, as the client sent it. */
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Aborted when the client went away: what ends a watch. */
  readonly signal: AbortSignal | null;
}

export interface FaceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is for watches; all else is complete. */
  readonly body: string | Uint8Array | AsyncIterable<string> | null;
}

export type Face = (request: FaceRequest) => FaceResponse | Promise<FaceResponse>;

/** A connection that is refused or never answered: the transport plays it as such. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
  readonly fault: 'refused' | 'timeout' | 'reset';
  constructor(fault: 'refused' | 'timeout' | 'reset') {
    super(`connection ${fault}`);
    this.fault = fault;
  }
}
