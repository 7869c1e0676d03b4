import { X509Certificate, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { realTimers } from '../clock/index.ts';
import { provideReflectMetadata } from './reflectMetadata.ts';

/** What a TLS listener on loopback needs, and the CA that its clients must trust. */
export interface ServerCertificates {
  readonly caPem: string;
  readonly caPemPath: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * A CA of its own and a leaf for loopback and every sandbox.test host. Made anew, unless the folder still has those of an
 * earlier life: clients that trust them go on. Dates are the machine's, since TLS libraries check against those.
 *
 * @param folder where ca.pem goes, the leaf and its key beside it
 */
export async function certificatesIn(folder: string): Promise<ServerCertificates> {
  const paths = { ca: path.join(folder, 'ca.pem'), leaf: path.join(folder, 'server.pem'), key: path.join(folder, 'server.key') };
  if (Object.values(paths).every((each) => existsSync(each)) && stillValid(readFileSync(paths.leaf, 'utf8'))) {
    return { caPem: readFileSync(paths.ca, 'utf8'), caPemPath: paths.ca, certificatePem: readFileSync(paths.leaf, 'utf8'), privateKeyPem: readFileSync(paths.key, 'utf8') };
  }
  const made = await makeCertificates();
  writeFileSync(paths.ca, made.caPem);
  writeFileSync(paths.leaf, made.certificatePem);
  writeFileSync(paths.key, made.privateKeyPem, { mode: 0o600 });
  return { ...made, caPemPath: paths.ca };
}

const stillValid = (pem: string): boolean => new X509Certificate(pem).validToDate.getTime() > realTimers.Date.now() + dayMs;

async function makeCertificates(): Promise<Omit<ServerCertificates, 'caPemPath'>> {
  const x509 = await loadX509();
  x509.cryptoProvider.set(webcrypto);
  const madeAt = realTimers.Date.now();
  const validity = { notBefore: new realTimers.Date(madeAt - dayMs), notAfter: new realTimers.Date(madeAt + 90 * dayMs) };
  const caKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Spillway sandbox CA, O=Spillway sandbox',
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost, O=Spillway sandbox',
    issuer: ca.subject,
    ...validity,
    signingAlgorithm: algorithm,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
        { type: 'dns', value: '*.sandbox.test' },
        { type: 'dns', value: '*.kube.sandbox.test' },
        { type: 'dns', value: '*.origin.sandbox.test' },
        { type: 'dns', value: '*.gateway.sandbox.test' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
    ],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
  const caPem = `${ca.toString('pem')}\n`;
  return { caPem, certificatePem: `${leaf.toString('pem')}\n${caPem}`, privateKeyPem: x509.PemConverter.encode(privateKey, 'PRIVATE KEY') };
}

/** Loaded only where there is a listener; the library's container wants the metadata functions to be there first. */
async function loadX509() {
  provideReflectMetadata();
  return await import('@peculiar/x509');
}
