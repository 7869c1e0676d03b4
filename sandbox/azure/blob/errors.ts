/** Azure Storage's error codes with their statuses and messages ("Blob service error codes", REST reference). */
export interface BlobError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Extra elements of the XML body, such as the header or query parameter at fault. */
  readonly details?: Readonly<Record<string, string>>;
}

const error = (status: number, code: string, message: string): BlobError => ({ status, code, message });

export const blobErrors = {
  noAuthenticationInformation: error(401, 'NoAuthenticationInformation', 'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.'),
  invalidAuthenticationInfo: error(401, 'InvalidAuthenticationInfo', 'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.'),
  authorizationPermissionMismatch: error(403, 'AuthorizationPermissionMismatch', 'This request is not authorized to perform this operation using this permission.'),
  containerNotFound: error(404, 'ContainerNotFound', 'The specified container does not exist.'),
  containerAlreadyExists: error(409, 'ContainerAlreadyExists', 'The specified container already exists.'),
  blobNotFound: error(404, 'BlobNotFound', 'The specified blob does not exist.'),
  blobAlreadyExists: error(409, 'BlobAlreadyExists', 'The specified blob already exists.'),
  conditionNotMet: error(412, 'ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.'),
  invalidBlobType: error(409, 'InvalidBlobType', 'The blob type is invalid for this operation.'),
  invalidRange: error(416, 'InvalidRange', 'The range specified is invalid for the current size of the resource.'),
  md5Mismatch: error(400, 'Md5Mismatch', 'The MD5 value specified in the request did not match with the MD5 value calculated by the server.'),
  leaseAlreadyPresent: error(409, 'LeaseAlreadyPresent', 'There is already a lease present.'),
  leaseIdMissing: error(412, 'LeaseIdMissing', 'There is currently a lease on the blob and no lease ID was specified in the request.'),
  leaseIdMismatchWithBlobOperation: error(412, 'LeaseIdMismatchWithBlobOperation', 'The lease ID specified did not match the lease ID for the blob.'),
  leaseIdMismatchWithLeaseOperation: error(409, 'LeaseIdMismatchWithLeaseOperation', 'The lease ID specified did not match the lease ID for the blob.'),
  leaseNotPresentWithBlobOperation: error(412, 'LeaseNotPresentWithBlobOperation', 'There is currently no lease on the blob.'),
  leaseNotPresentWithLeaseOperation: error(409, 'LeaseNotPresentWithLeaseOperation', 'There is currently no lease on the blob.'),
  leaseLost: error(412, 'LeaseLost', 'A lease ID was specified, but the lease for the blob has expired.'),
  leaseIsBreakingAndCannotBeAcquired: error(409, 'LeaseIsBreakingAndCannotBeAcquired', 'The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.'),
  leaseIsBreakingAndCannotBeChanged: error(409, 'LeaseIsBreakingAndCannotBeChanged', 'The lease ID matched, but the lease is currently in breaking state and cannot be changed.'),
  leaseIsBrokenAndCannotBeRenewed: error(409, 'LeaseIsBrokenAndCannotBeRenewed', 'The lease ID matched, but the lease has been broken explicitly and cannot be renewed.'),
  serverBusy: error(503, 'ServerBusy', 'The server is currently unable to receive requests. Please retry your request.'),
} as const;

export const notImplemented = (what: string): BlobError => error(501, 'NotImplemented', `The requested operation is not implemented on the specified resource: ${what}.`);

export const invalidHeader = (header: string, value: string): BlobError => ({
  ...error(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.'),
  details: { HeaderName: header, HeaderValue: value },
});

export const missingHeader = (header: string): BlobError => ({
  ...error(400, 'MissingRequiredHeader', 'An HTTP header that is mandatory for this request is not specified.'),
  details: { HeaderName: header },
});

export const invalidQueryParameter = (parameter: string, value: string, reason: string): BlobError => ({
  ...error(400, 'InvalidQueryParameterValue', 'Value for one of the query parameters specified in the request URI is invalid.'),
  details: { QueryParameterName: parameter, QueryParameterValue: value, Reason: reason },
});

export const invalidResourceName = error(400, 'InvalidResourceName', 'The specified resource name contains invalid characters.');
export const invalidUri = error(400, 'InvalidUri', 'The requested URI does not represent any resource on the server.');
export const unsupportedVerb = error(405, 'UnsupportedHttpVerb', 'The resource doesn\'t support specified Http Verb.');
