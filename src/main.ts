import { composeApp } from './composeApp.ts';

/** Entry point of the Functions app: everything is registered while this module loads. The build gives the folder of the bundle. */
composeApp(process.env, import.meta.dirname);
