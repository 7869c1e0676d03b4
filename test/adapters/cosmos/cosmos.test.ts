import { storedControls } from '../../../src/adapters/cosmos/controls.ts';
import { ledgerContract } from '../contracts/ledgerContract.ts';
import { stateContract } from '../contracts/stateContract.ts';
import { openSandbox, storesOf } from '../support/sandboxPorts.ts';

const sandbox = openSandbox();
let tests = 0;

ledgerContract('Cosmos with an outbox of blobs, on the sandbox', () => {
  tests += 1;
  return Promise.resolve({
    open: () => storesOf(sandbox).ledger(),
    breakStore: () => sandbox.inject({ kind: 'cosmosDown' }),
    breakOutbox: () => sandbox.inject({ kind: 'blobDown' }),
    advance: sandbox.advance,
    runId: `run-${tests}`,
  });
});

stateContract('Cosmos, on the sandbox', () => {
  tests += 1;
  return Promise.resolve({
    open: () => {
      const state = storesOf(sandbox).state();
      return { state, controls: storedControls(sandbox.context, state, 'observe') };
    },
    breakStore: () => sandbox.inject({ kind: 'cosmosDown' }),
    advance: sandbox.advance,
    prefix: `t${tests}`,
  });
});
