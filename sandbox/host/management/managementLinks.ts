import { randomUUID } from 'node:crypto';

/** Where this host's webhooks are. The system key is made at start and not enforced. */
export interface ManagementLinksOptions {
  readonly hubName: string;
  /** http://host:port of the host itself; links of an answer take the request's own origin. */
  readonly origin: string;
  readonly systemKey: string;
}

export const webhookPath = '/runtime/webhooks/durabletask';
export const rpcPath = '/durabletask';

export function newSystemKey(): string {
  return randomUUID().replaceAll('-', '');
}

/** Everything but rewind is in a start answer; the client binding has rewind too. */
export type LinkSet = 'startAnswer' | 'clientBinding';

export function toManagementLinks(options: ManagementLinksOptions, instanceId: string, set: LinkSet, origin = options.origin): Record<string, string> {
  const query = `taskHub=${options.hubName}&connection=Storage&code=${options.systemKey}`;
  const base = `${origin}${webhookPath}/instances/${set === 'clientBinding' ? instanceId : encodeURIComponent(instanceId)}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    ...(set === 'clientBinding' ? { rewindPostUri: `${base}/rewind?reason={text}&${query}` } : {}),
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

/** The JSON that a durableClient input binding carries. */
export function toClientBinding(options: ManagementLinksOptions): string {
  const start = `${options.origin}${webhookPath}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: options.hubName,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${start}?code=${options.systemKey}`,
      createAndWaitOnNewInstancePostUri: `${start}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${options.systemKey}`,
    },
    managementUrls: toManagementLinks(options, 'INSTANCEID', 'clientBinding'),
    baseUrl: `${options.origin}${webhookPath}`,
    requiredQueryStringParameters: `code=${options.systemKey}`,
    rpcBaseUrl: `${options.origin}${rpcPath}/`,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  });
}
