/** For the operators of the app. The ledger is the record; this is what they read at night. Never gets a token or a body. */
export interface Log {
  write(line: LogLine): void;
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly about?: LogSubject;
  /** What was thrown. */
  readonly error?: unknown;
}

/** What a line is about: what people filter by. */
export interface LogSubject {
  readonly runId?: string;
  /** A stamp's name, or several with commas. */
  readonly stamp?: string;
  /** Of the run, as in its ledger entries, or of a chore. */
  readonly step?: string;
  /** Type of the ledger event. */
  readonly event?: string;
  readonly epoch?: number;
  readonly controlRegion?: string;
}
