/** The shapes of query that the face answers; everything else is refused by the parser, by name. */
export interface Query {
  readonly select: Select;
  /** The name that items go by: "c" in FROM c. */
  readonly alias: string;
  readonly top: Expression | null;
  readonly where: Expression | null;
  readonly orderBy: readonly { readonly path: Expression; readonly direction: 'Ascending' | 'Descending'; readonly text: string }[];
  readonly offset: Expression | null;
  readonly limit: Expression | null;
}

export type Select =
  | { readonly kind: 'all' }
  | { readonly kind: 'value'; readonly expression: Expression }
  | { readonly kind: 'list'; readonly items: readonly { readonly expression: Expression; readonly name: string }[] };

export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'path'; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly fields: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'in'; readonly operand: Expression; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly arguments: readonly Expression[] };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export const functionNames = ['ARRAY_CONTAINS', 'IS_DEFINED', 'IS_NULL', 'STARTSWITH', 'CONTAINS'] as const;
export type FunctionName = (typeof functionNames)[number];
