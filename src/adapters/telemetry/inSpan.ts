import { context, metrics, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Histogram, type MeterProvider } from '@opentelemetry/api';

const scope = 'spillway';

/** How a call ended, for people who look at many: the `kind` of an outcome, `done` without one, `error` where it threw. */
export type CallEnd = string;

export interface SpanOptions {
  readonly name: string;
  readonly attributes: Attributes;
  /** The span's parent; left out: the span under way. */
  readonly parent?: Context;
}

/**
 * Runs `work` in a span and counts it with its duration. Without an OpenTelemetry SDK in the process all of this is
 * nothing: the API's own no-ops. An error passes through, its message on the span.
 */
export async function inSpan<T>({ name, attributes, parent }: SpanOptions, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const within = parent ?? context.active();
  return trace.getTracer(scope).startActiveSpan(name, { kind: SpanKind.INTERNAL, attributes }, within, async (span) => {
    let end: CallEnd = 'error';
    try {
      const answer = await work();
      end = endOf(answer);
      return answer;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.setAttribute('spillway.end', end);
      span.end();
      durations().record(performance.now() - startedAt, { 'spillway.call': name, 'spillway.end': end });
    }
  });
}

let made: { readonly by: MeterProvider; readonly durations: Histogram } | null = null;

/** One instrument a provider: before telemetry has started the API hands out one that does nothing. */
function durations(): Histogram {
  const by = metrics.getMeterProvider();
  if (made === null || made.by !== by) {
    made = { by, durations: by.getMeter(scope).createHistogram('spillway.call.duration', { unit: 'ms', description: 'Calls to the outside and activities, by how they ended.' }) };
  }
  return made.durations;
}

/** Outcomes and readings are discriminated by `kind`, and a refusal further by its `reaction`. */
function endOf(answer: unknown): CallEnd {
  if (typeof answer !== 'object' || answer === null || !('kind' in answer) || typeof answer.kind !== 'string') return 'done';
  return 'reaction' in answer && typeof answer.reaction === 'string' ? `${answer.kind}:${answer.reaction}` : answer.kind;
}
