/**
 * Writes the fleet file from what is deployed: outputs of infra/main.bicep (`az stack sub show --query outputs`) or a
 * committed snapshot, joined with the half that people decide. `--addresses sandbox` gives it host names that the sandbox
 * answers, so that what is drilled is what would be deployed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { validateFleet } from '../src/config/loadFleet.ts';
import { deployedFleetOf, plainOutputs, readDeployedFleet } from './infra-check/deployedFleet.ts';
import { mergeFleet } from './infra-check/fleetFile.ts';
import { withSandboxAddresses } from './infra-check/sandboxAddresses.ts';
import { parseSnapshot } from './infra-check/snapshot.ts';
import { readArgs } from './readArgs.ts';

const usage = 'node tools/fleetFromDeployment.ts (--outputs FILE | --snapshot FILE) --policy FILE --out FILE [--addresses sandbox]';

const { outputs, snapshot, policy, out, addresses } = readArgs(
  { outputs: { type: 'string' }, snapshot: { type: 'string' }, policy: { type: 'string' }, out: { type: 'string' }, addresses: { type: 'string', default: 'azure' } },
  usage,
);
if ((outputs === undefined) === (snapshot === undefined) || policy === undefined || out === undefined || !['azure', 'sandbox'].includes(addresses)) fail(usage);

const source = await readFile(outputs ?? snapshot ?? '', 'utf8');
const deployed = snapshot === undefined ? readDeployedFleet(plainOutputs(JSON.parse(source))) : deployedFleetOf(parseSnapshot(source));
const merged = mergeFleet(deployed, parse(await readFile(policy, 'utf8')));
if (merged.kind === 'problem') fail(merged.message);
const file = addresses === 'sandbox' ? withSandboxAddresses(merged.file) : merged.file;
const validated = validateFleet(file);
if (validated.kind === 'invalid') fail(validated.problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
await writeFile(out, `${JSON.stringify(file, null, 2)}\n`);
process.stdout.write(`${out}: ${deployed.stamps.length} stamps\n`);

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
