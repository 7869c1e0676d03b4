/** The texts in which the extension hands a worker's errors on. Recorded; applications see them in caught errors and in outputs. */

export interface WorkerError {
  readonly message: string;
  readonly stack: string;
}

export function toWorkerError(error: unknown): WorkerError {
  if (error instanceof Error) return { message: error.message, stack: error.stack ?? '' };
  // the worker makes an Error of whatever else was thrown
  const message = typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
  return { message, stack: `Error: ${message}` };
}

export function toFailureReason(functionName: string, error: WorkerError): string {
  return `Activity function '${functionName}' failed:  ${error.message}`;
}

/** The .NET exception as JSON, with the worker's stack inside. */
export function toFailureDetails(error: WorkerError): string {
  return JSON.stringify({
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: ` ${error.message}`,
    Data: null,
    InnerException: {
      $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
      IsUserException: false,
      RemoteStackTrace: error.stack,
      RemoteMessage: error.message,
      RemoteTypeName: null,
      Message: `Result: Failure\nException: ${error.message}\nStack: ${error.stack}`,
      Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
      InnerException: null,
      HelpLink: null,
      Source: 'System.Private.CoreLib',
      HResult: -2146233088,
      StackTrace: null,
    },
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2146233088,
    Source: null,
    WatsonBuckets: null,
  });
}
