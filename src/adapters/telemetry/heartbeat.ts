import { metrics } from '@opentelemetry/api';

/** Who watches the watcher: counted every minute in each control-plane region; three minutes of silence are an alert (infra/controlPlane/silenceAlert.bicep). */
export function beat(controlRegion: string): void {
  metrics.getMeter('spillway').createCounter('spillway.heartbeat', { description: 'One a minute from each control-plane region that is alive.' }).add(1, { 'spillway.control_region': controlRegion });
}
