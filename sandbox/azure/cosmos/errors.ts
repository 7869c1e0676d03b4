/**
 * A refusal of the service: thrown inside the face, answered at its edge with Cosmos DB's code and message. Without a stack, which
 * nobody reads and which costs more than the rest of the answer: most refusals are a client's normal day, a read of what is not there.
 */
export class CosmosRefusal extends Error {
  override readonly name = 'CosmosRefusal';
  readonly status: number;
  readonly code: string;
  readonly substatus: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Fields beside code and message, such as additionalErrorInfo. */
  readonly extra: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, message: string, more: { readonly substatus?: number; readonly headers?: Readonly<Record<string, string>>; readonly extra?: Readonly<Record<string, unknown>> } = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.status = status;
    this.code = code;
    this.substatus = more.substatus ?? 0;
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }
}

export const badRequest = (message: string, substatus = 0): CosmosRefusal => new CosmosRefusal(400, 'BadRequest', message, { substatus });

export const notFound = (substatus = 0): CosmosRefusal =>
  new CosmosRefusal(404, 'NotFound', 'Message: {"Errors":["Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"]}', { substatus });

export const idTaken = (): CosmosRefusal => new CosmosRefusal(409, 'Conflict', 'Entity with the specified id already exists in the system.');

export const uniqueKeyTaken = (): CosmosRefusal => new CosmosRefusal(409, 'Conflict', 'Unique index constraint violation.');

export const preconditionFailed = (): CosmosRefusal => new CosmosRefusal(412, 'PreconditionFailed', 'Operation cannot be performed because one of the specified precondition is not met.');

export const tooLarge = (): CosmosRefusal => new CosmosRefusal(413, 'RequestEntityTooLarge', 'Message: {"Errors":["Request size is too large"]}');

export const throttled = (retryAfterMs: number): CosmosRefusal =>
  new CosmosRefusal(429, 'TooManyRequests', 'Message: {"Errors":["Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later. Learn more: http://aka.ms/cosmosdb-error-429"]}', {
    substatus: 3200,
    headers: { 'x-ms-retry-after-ms': String(retryAfterMs) },
  });

export const unauthorized = (message: string): CosmosRefusal => new CosmosRefusal(401, 'Unauthorized', message);

export const forbidden = (action: string, resource: string, substatus: number): CosmosRefusal =>
  new CosmosRefusal(
    403,
    'Forbidden',
    `Request blocked by Auth : Request is blocked because the principal does not have required RBAC permissions to perform action [${action}] on resource [${resource}]. Learn more: https://aka.ms/cosmos-native-rbac.`,
    { substatus },
  );

export const methodNotAllowed = (): CosmosRefusal => new CosmosRefusal(405, 'MethodNotAllowed', 'Message: {"Errors":["The requested verb is not supported."]}');

export const notServed = (what: string): CosmosRefusal => new CosmosRefusal(501, 'NotImplemented', `The sandbox does not serve ${what}.`);

export const unsupportedQuery = (shape: string): CosmosRefusal => badRequest(`Message: {"errors":[{"severity":"Error","code":"SC1001","message":"The sandbox's query parser does not support ${shape.replaceAll('"', '\'')}."}]}`);
