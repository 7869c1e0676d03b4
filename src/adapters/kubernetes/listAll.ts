interface Page<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly _continue?: string };
}

/** Pages of 500, as kubectl asks for: an unpaged list of a large cluster is one answer of many megabytes. */
export const pageSize = 500;

export async function listAll<T>(page: (limit: number, token: string | undefined) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const answer = await page(pageSize, token);
    all.push(...answer.items);
    token = answer.metadata?._continue === '' ? undefined : answer.metadata?._continue;
  } while (token !== undefined);
  return all;
}
