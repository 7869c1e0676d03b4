/**
 * The line that says that a client is not there and what is left out for it. Where every client must be there (.ci/run sets
 * SPILLWAY_CLIENTS=required), the line is an error: one that is there and does not start would be skipped unseen otherwise.
 */
export function skipped(line: string): string {
  if (process.env['SPILLWAY_CLIENTS'] === 'required') throw new Error(line);
  return line;
}
