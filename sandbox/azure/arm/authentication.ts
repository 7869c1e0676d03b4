import type { TokenVerdict } from '../entra/tokens.ts';
import type { FaceResponse } from '../face.ts';
import { armError } from './errors.ts';

type Refused = Exclude<TokenVerdict, { kind: 'valid' }>;

/** Resource Manager's own words for each way in which a token can be wrong. */
export function refuseToken(verdict: Refused, authority: string, tenantId: string, audiences: readonly string[]): FaceResponse {
  const challenge = (error: string, description: string): Readonly<Record<string, string>> => ({
    'www-authenticate': `Bearer authorization_uri="${authority}/${tenantId}", error="${error}", error_description="${description}"`,
  });
  const invalid = (code: string, message: string): FaceResponse => armError(401, code, message, { headers: challenge('invalid_token', message) });
  const utc = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace(/\..*$/, '');
  switch (verdict.kind) {
    case 'missing':
      return armError(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.", { headers: challenge('invalid_token', "The 'Authorization' header is missing.") });
    case 'malformed':
      return invalid('InvalidAuthenticationToken', 'The access token is invalid.');
    case 'badSignature':
      return invalid('InvalidAuthenticationToken', 'The access token signature is invalid.');
    case 'expired':
      return invalid('ExpiredAuthenticationToken', `The access token expiry UTC time '${utc(verdict.expiredAt)}' is earlier than current UTC time '${utc(verdict.now)}'.`);
    case 'notYetValid':
      return invalid('InvalidAuthenticationToken', `The access token is not valid yet: its start is '${utc(verdict.validFrom)}', the current UTC time is '${utc(verdict.now)}'.`);
    case 'wrongAudience':
      return invalid('InvalidAuthenticationTokenAudience', `The access token has been obtained for wrong audience or resource '${verdict.audience}'. It should exactly match with one of the allowed audiences '${audiences.map((audience) => `${audience}/`).join("','")}'.`);
    case 'wrongTenant':
      return invalid('InvalidAuthenticationTokenTenant', `The access token is from the wrong issuer. It must match the tenant '${tenantId}' associated with this subscription; it is of '${verdict.tenant}'.`);
  }
}
