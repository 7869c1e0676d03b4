import { describe, expect, it } from 'vitest';
import { createBlobFace, createBlobStore } from '../../../sandbox/azure/blob/index.ts';
import { fuzzCount, fuzzFace, fuzzTimeoutMs, pathOf, queryOf } from '../kubernetes/fuzz.ts';
import type { Random } from '../kubernetes/fuzz.ts';

const leases = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b', 'x', ''];
const headerValues: Readonly<Record<string, readonly string[]>> = {
  'x-ms-blob-type': ['BlockBlob', 'BlockBlob', 'BlockBlob', 'AppendBlob', 'x'],
  'x-ms-lease-action': ['acquire', 'acquire', 'renew', 'change', 'release', 'break', 'x'],
  'x-ms-lease-id': leases,
  'x-ms-proposed-lease-id': leases,
  'x-ms-lease-duration': ['15', '60', '-1', '0', 'x', '1e9'],
  'x-ms-lease-break-period': ['0', '10', '60', '61', 'x'],
  'if-match': ['*', '"0x8D0000000000001"', 'x', ''],
  'if-none-match': ['*', '"0x8D0000000000001"', 'x'],
  'if-modified-since': ['Sun, 22 Nov 2026 00:00:00 GMT', 'x', ''],
  'if-unmodified-since': ['Sun, 22 Nov 2020 00:00:00 GMT', 'x'],
  'x-ms-range': ['bytes=0-1', 'bytes=5-', 'bytes=9-2', 'bytes=x', 'bytes=99999999999999999999-'],
  'x-ms-meta-epoch': ['1', '', '\u00e9'],
  'x-ms-meta-bad-name': ['1'],
  'content-md5': ['x', '1B2M2Y8AsgTpgAmY7PhCfg=='],
};

function request(r: Random) {
  const container = r.pick(['fence', 'fence', 'fence', 'gates', 'none', 'Bad', '$root']);
  const blob = r.chance(0.75) ? [r.pick(['lock', 'a/b', 'gate.json', 'none'])] : [];
  const headers: Record<string, string> = { authorization: r.chance(0.97) ? 'Bearer t' : r.pick(['Bearer', 'SharedKey a:b', 'x']), 'x-ms-version': '2024-11-04' };
  for (const [name, values] of Object.entries(headerValues)) if (r.chance(name === 'x-ms-blob-type' ? 0.8 : 0.08)) headers[name] = r.pick(values);
  if (r.chance(0.2)) {
    Object.assign(headers, { 'x-ms-lease-action': r.pick(['acquire', 'renew', 'release', 'break']), 'x-ms-lease-id': leases[0], 'x-ms-proposed-lease-id': r.pick(leases.slice(0, 2)), 'x-ms-lease-duration': r.pick(['15', '-1']) });
    return { method: 'PUT', url: new URL('https://blob.sandbox.test/stcontrol/fence/lock?comp=lease'), headers, body: null };
  }
  const query = r.chance(0.5) ? '' : queryOf(r, ['comp', 'restype', 'prefix', 'delimiter', 'maxresults', 'marker', 'include', 'snapshot', 'timeout'], ['lease', 'metadata', 'list', 'container', 'block', 'blocklist', 'x', '', '1', '0', '-1', '/']);
  return {
    method: r.pick(['GET', 'HEAD', 'PUT', 'PUT', 'PUT', 'DELETE', 'POST', 'PATCH', 'OPTIONS']),
    url: new URL(`https://blob.sandbox.test${pathOf(r, ['stcontrol', container, ...blob])}${query}`),
    headers,
    body: r.chance(0.5) ? Buffer.from(Array.from({ length: r.below(20) }, () => r.below(256))) : null,
  };
}

describe('blob face under fuzzed requests', () => {
  it(`answers ${fuzzCount} requests without a crash, a 500 or a hang`, async () => {
    let now = Date.UTC(2026, 10, 22);
    const store = createBlobStore();
    const ensure = (): void => {
      for (const container of ['fence', 'gates']) store.ensureContainer('stcontrol', container, now);
    };
    const face = createBlobFace({ clock: { now: () => (now += 700) }, checkToken: () => ({ kind: 'ok' }), store });
    const { statuses } = await fuzzFace(
      face,
      (r) => {
        ensure();
        return request(r);
      },
      (response, text, { method }) => {
        if (response.status < 400) return;
        expect(response.headers['x-ms-error-code']).toMatch(/^[A-Za-z0-9]+$/);
        if (method !== 'HEAD') expect(text).toContain(`<Code>${response.headers['x-ms-error-code']}</Code>`);
      },
    );
    expect(Object.keys(statuses).map(Number)).toEqual(expect.arrayContaining([200, 201, 202, 400, 401, 404, 405, 409, 412, 501]));
  }, fuzzTimeoutMs);
});
