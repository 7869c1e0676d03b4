import type { Rule } from '../rule.ts';
import { at, listAt, numberAt, ofType, textAt } from '../snapshot.ts';

const originGroups = 'Microsoft.Cdn/profiles/originGroups';

export const latencyWindowSet: Rule = {
  name: 'latency window is set',
  why: 'at 0 ms, the default, weights do nothing unless latencies tie: no partial shift is possible',
  check: (snapshot) =>
    ofType(snapshot, originGroups)
      .filter((group) => (numberAt(group.body, 'properties.loadBalancingSettings.additionalLatencyInMilliseconds') ?? 0) <= 0)
      .map((group) => `${group.name}: additionalLatencyInMilliseconds is 0`),
};

/** (n - x + 1) failed samples of n at the interval: 60 s is what the fast lever may take. */
const slowestDrainSeconds = 60;

export const probesDrainFast: Rule = {
  name: 'probes go to the gate and drain within a minute',
  why: 'the gate is the fast lever only if Front Door asks it, over TLS, and often enough',
  check: (snapshot) => {
    const backendPaths = ofType(snapshot, 'Microsoft.Network/applicationGateways')
      .flatMap((gateway) => listAt(gateway.body, 'properties.probes'))
      .map((probe) => textAt(probe, 'properties.path'));
    return ofType(snapshot, originGroups).flatMap((group) => {
      const probe = at(group.body, 'properties.healthProbeSettings');
      const settings = at(group.body, 'properties.loadBalancingSettings');
      const path = textAt(probe, 'probePath');
      const interval = numberAt(probe, 'probeIntervalInSeconds') ?? 255;
      const failures = (numberAt(settings, 'sampleSize') ?? 4) - (numberAt(settings, 'successfulSamplesRequired') ?? 3) + 1;
      return [
        ...(path === null || path === '/' ? [`${group.name}: probes ask ${path ?? 'nothing'}, not the gate`] : []),
        ...(backendPaths.includes(path) ? [`${group.name}: the gateway's backend probe asks the gate too; closing it would cut live requests`] : []),
        ...(textAt(probe, 'probeProtocol') === 'Https' ? [] : [`${group.name}: probes are not over HTTPS`]),
        ...(failures * interval <= slowestDrainSeconds ? [] : [`${group.name}: probes drain in ${failures * interval} s, more than ${slowestDrainSeconds} s`]),
      ];
    });
  },
};

export const originsSpread: Rule = {
  name: 'every origin group has two origins and a certificate check',
  why: 'with one origin there is nowhere to drain to; without the check anybody can answer for an origin',
  check: (snapshot) => {
    const origins = ofType(snapshot, `${originGroups}/origins`);
    return ofType(snapshot, originGroups).flatMap((group) => {
      const own = origins.filter((origin) => origin.id.toLowerCase().startsWith(`${group.id.toLowerCase()}/origins/`));
      return [
        ...(own.length < 2 ? [`${group.name}: ${own.length} origin(s)`] : []),
        ...own
          .filter((origin) => at(origin.body, 'properties.enforceCertificateNameCheck') !== true)
          .map((origin) => `${origin.name}: certificate names are not checked`),
      ];
    });
  },
};
