import * as fc from 'fast-check';
import { it } from 'vitest';

export { fc };

/** A property as a test: `test.prop([arbitraries])(name, body)`. The seed of a failure is in its message. */
export const test = {
  prop:
    <Values extends [unknown, ...unknown[]]>(arbitraries: { [K in keyof Values]: fc.Arbitrary<Values[K]> }) =>
    (name: string, body: (...values: Values) => void): void => {
      it(name, () => {
        fc.assert(fc.property(...arbitraries, body));
      });
    },
};
