import { createCredential } from './adapters/entra/credential.ts';
import { appLog } from './adapters/telemetry/appLog.ts';
import { startTelemetry } from './adapters/telemetry/startTelemetry.ts';
import { composeApp } from './composeApp.ts';

/** Entry point of the Functions app: everything is registered while this module loads. The build gives the folder of the bundle. */
const { settings } = composeApp(process.env, import.meta.dirname);

startTelemetry({
  connectionString: settings.applicationInsightsConnectionString,
  credential: createCredential({ clientId: settings.identityClientId, identityEndpoint: process.env['IDENTITY_ENDPOINT'] ?? null, authorityHost: settings.authorityHost }),
}).catch((error: unknown) => {
  appLog.write({ level: 'error', message: 'telemetry could not be started; the app goes on without it', error });
});
