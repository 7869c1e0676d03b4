import { z } from 'zod';

/** A JSON Schema node, as far as a path is followed through it. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Names of the fields that an object at this path of the schema may have; empty where the path leads nowhere. */
export function allowedKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  // zod types the document as its own JSONSchema; only the members of Node are read from it.
  let nodes: Node[] = [z.toJSONSchema(schema, { io: 'input' }) as unknown as Node];
  for (const step of path) {
    nodes = nodes.flatMap(unwrap).flatMap((node) => {
      const next = typeof step === 'number' ? node.items : node.properties?.[String(step)];
      return next === undefined ? [] : [next];
    });
  }
  return [...new Set(nodes.flatMap(unwrap).flatMap((node) => Object.keys(node.properties ?? {})))];
}

const unwrap = (node: Node): Node[] => [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(unwrap)];
