import type { ActivityAnswer } from './durableFunctions.ts';
import { toWorkerError } from './functionFailures.ts';
import { toJsonText } from './jsonText.ts';
import type { HttpCall } from './orchestratorAction.ts';

/** The extension's own activity behind callHttp; it runs in the host, not in the app. Token sources are not supported. */
export async function callOverHttp(call: HttpCall): Promise<ActivityAnswer> {
  try {
    const headers = new Headers(call.headers);
    if (call.content !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const response = await fetch(call.uri, { method: call.method, headers, ...(call.content === undefined ? {} : { body: call.content }), redirect: 'manual' });
    const content = await response.text();
    const shown = [...response.headers].filter(([name]) => !/^content-(type|length)$/.test(name)).map(([name, value]) => [toTitleCase(name), value] as const);
    return { kind: 'completed', resultText: toJsonText({ statusCode: response.status, headers: Object.fromEntries(shown), content }) };
  } catch (error) {
    return { kind: 'failed', error: toWorkerError(error) };
  }
}

/** fetch lower-cases header names; .NET shows them as the server wrote them, which is this as a rule. */
function toTitleCase(headerName: string): string {
  return headerName.replaceAll(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase());
}
