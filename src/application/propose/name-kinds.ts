import { identifier } from './names.ts';
import { type KeyKind } from './shared-keys.ts';
import type { KeyShape } from './key-shape.ts';
import { isLabel } from './token-form.ts';
import { TELLING_NAMES } from './split-kinds.ts';

/** Words that say of a row that it is the main one of its partition, and not what it is. */
const MAIN =
  /^[#$@_]*(?:a|data|detail|details|doc|document|info|main|meta|metadata|meta_data|profile|record|root|row|self|state|v\d+|version)[#$@_]*$/i;
/** Names that libraries give the attribute that says what a row is. */
const SURE = TELLING_NAMES.slice(0, 8);

/**
 * What a kind may be called, the best first: what an attribute says that it is; a partition that is its own; the last word
 * of its sort key, or of its partition key.
 *
 * @param told what the attribute says that tells it from others.
 * @param fallback for a kind of which nothing says what it is.
 */
export function namesOf(
  kind: KeyKind,
  told: string | undefined,
  fallback: string,
): readonly [string, ...string[]] {
  const inPartition = wordsOf(kind.partition);
  const inSort = kind.sort === undefined ? [] : wordsOf(kind.sort);
  const lastOfSort = inSort.findLast((word) => !MAIN.test(word));
  const ownPartition =
    kind.sort !== undefined && kind.partition.tokens.every((token) => 'constant' in token)
      ? inPartition.join(' ')
      : undefined;
  const [partition = '', sort = ''] = [inPartition.at(-1), inSort.at(-1)];
  const candidates = [
    ...[told, saidBy(kind), ownPartition, lastOfSort, partition, sort],
    ...[`${partition} ${sort}`, `${inPartition.join(' ')} ${inSort.join(' ')}`],
  ];
  const names = candidates.flatMap((text) => identifier(text ?? '', 'row') ?? []);
  const [first = identifier(fallback, 'row') ?? 'item', ...rest] = names;
  return [first, ...rest];
}

/** Words of a key: a service's name before those of ElectroDB is none. */
function wordsOf({ tokens }: KeyShape): string[] {
  return tokens.flatMap((token, index) => {
    const text = 'constant' in token ? token.constant : token.prefix;
    const isService = index === 0 && /^\$[^_]*$/.test(text) && tokens.length > 1;
    const isPart = !('constant' in token) && /^\w*?(?:id)?[_=:#]$/i.test(text) && index > 0;
    return isLabel(text.replace(/[_\-.=@:#]$/, '')) && !isService && !isPart ? [text] : [];
  });
}

/** What all rows of a kind say that they are. */
function saidBy({ rows }: KeyKind): string | undefined {
  for (const name of SURE) {
    const values = new Set(rows.map(({ attributes }) => attributes?.get(name)));
    const [value] = values;
    if (values.size === 1 && typeof value === 'string') return value;
  }
  return undefined;
}
