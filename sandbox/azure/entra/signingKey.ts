import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';

/** What signs the sandbox's tokens: RS256, published in the JWKS. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey;
}

let shared: SigningKey | undefined;

/**
 * One key a process: making one takes longer than a whole simulated failover, and managed identity clients keep
 * their tokens in a cache of the process that outlives a world.
 */
export function sharedSigningKey(): SigningKey {
  shared ??= makeSigningKey();
  return shared;
}

/** A key of its own, as a foreign issuer would have. */
export function makeSigningKey(): SigningKey {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const publicKey = createPublicKey(pair.publicKey);
  return {
    kid: createHash('sha256').update(pair.publicKey).digest('base64url').slice(0, 27),
    privateKey: createPrivateKey(pair.privateKey),
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }),
  };
}
