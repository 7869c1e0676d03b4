import { randomUUID } from 'node:crypto';
import { livingIn } from '../../clock/index.ts';
import type { FunctionRegistry, RegisteredFunction } from './functionRegistry.ts';
import type { CoreInvocationContext, FunctionCallback, RpcInvocationRequest, RpcInvocationResponse, RpcTypedData } from './rpcTypes.ts';

/** One call of one function, as the worker makes it: model, arguments, hooks, handler, hooks, response. */
export interface Invocation {
  readonly inputs: Readonly<Record<string, RpcTypedData | null>>;
  readonly triggerMetadata: Readonly<Record<string, RpcTypedData>>;
  /** `object`: what the handler returned, as it is, in place of the number in `returnValue.int`; RPC data unless given. */
  readonly answer?: 'rpc' | 'object';
}

/** Rejects with what the handler threw. */
export async function invokeFunction(registry: FunctionRegistry, target: RegisteredFunction, invocation: Invocation): Promise<RpcInvocationResponse> {
  const invocationId = randomUUID();
  const request = { invocationId, inputData: Object.entries(invocation.inputs).map(([name, data]) => ({ name, data })), triggerMetadata: invocation.triggerMetadata };
  const { observe } = registry;
  if (observe === undefined) return livingIn(registry.life, () => callWorker(registry, target, request, invocation.answer ?? 'rpc'));
  const seen = { functionName: target.name, triggerType: target.trigger.type ?? '', request };
  try {
    const response = await livingIn(registry.life, () => callWorker(registry, target, request, invocation.answer ?? 'rpc'));
    observe({ ...seen, outcome: { kind: 'returned', response } });
    return response;
  } catch (error) {
    observe({ ...seen, outcome: { kind: 'threw', error } });
    throw error;
  }
}

async function callWorker(registry: FunctionRegistry, target: RegisteredFunction, request: RpcInvocationRequest, answer: 'rpc' | 'object'): Promise<RpcInvocationResponse> {
  const { model } = target.slot;
  if (model === undefined) throw new Error('the app has set no programming model');
  const { invocationId } = request;
  const coreContext: CoreInvocationContext = {
    invocationId,
    metadata: target.metadata,
    request,
    log: (level, category, message) => {
      registry.log({ level, category, message, functionName: target.name, invocationId });
    },
  };
  const invocationModel = model.getInvocationModel(coreContext);
  const { context, inputs } = await invocationModel.getArguments();
  const respond = (result: unknown): RpcInvocationResponse | Promise<RpcInvocationResponse> =>
    answer === 'object' ? { returnValue: { int: result as number } } : invocationModel.getResponse(context, result); // a number is all that the type allows
  const before = registry.hooks('preInvocation');
  const after = registry.hooks('postInvocation');
  if (before.length === 0 && after.length === 0) {
    return respond(await invocationModel.invokeFunction(context, inputs, target.callback));
  }
  const hookData = {};
  const beforeContext: Record<string, unknown> = { hookData, inputs, functionCallback: target.callback, invocationContext: context };
  coreContext.state = 'preInvocationHooks';
  for (const hook of before) await hook(beforeContext);
  const afterContext: Record<string, unknown> = { hookData, inputs: beforeContext['inputs'], result: null, error: null, invocationContext: context };
  try {
    coreContext.state = 'invocation';
    // hooks may have put others in place of both
    afterContext['result'] = await invocationModel.invokeFunction(context, beforeContext['inputs'] as unknown[], beforeContext['functionCallback'] as FunctionCallback);
  } catch (error) {
    afterContext['error'] = error;
  }
  coreContext.state = 'postInvocationHooks';
  for (const hook of after) await hook(afterContext);
  if (afterContext['error'] !== null && afterContext['error'] !== undefined) throw afterContext['error'];
  return respond(afterContext['result']);
}
