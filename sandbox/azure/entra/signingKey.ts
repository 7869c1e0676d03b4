import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  return signingKeyFrom(privateKey);
}

/** The key of an earlier life, so that tokens issued then are still good; made where the folder has none. */
export function signingKeyIn(folder: string): SigningKey {
  const file = path.join(folder, 'tenant.key');
  if (existsSync(file)) return signingKeyFrom(readFileSync(file, 'utf8'));
  const made = makeSigningKey();
  writeFileSync(file, made.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return made;
}

function signingKeyFrom(privateKeyPem: string): SigningKey {
  const privateKey = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(privateKey);
  return {
    kid: createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url').slice(0, 27),
    privateKey,
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }),
  };
}
