import type { KeySchema } from '../../domain/table-model.ts';
import type { KeyShape } from './key-shape.ts';
import { identifier, partName, UniqueNames } from './names.ts';
import { textOfValue } from './part-values.ts';
import type { SampledRow } from './sample.ts';
import { type KeyKind, partsIn } from './shared-keys.ts';
import { formOf, isLabel, isVersion } from './token-form.ts';

/** What varies in the keys of a kind. */
export interface NamedPart {
  readonly name: string;
  /** The attribute that always says the same. */
  readonly attribute: string | undefined;
  readonly form: 'date' | 'time' | 'id' | undefined;
  /** Whether nothing says what it is: its name is a stopgap. */
  readonly isGuess: boolean;
  /** Whether no value that was seen holds `#`. */
  readonly isPlain: boolean;
  /** All values that were seen, where they are a few words. */
  readonly words: readonly string[] | undefined;
}

const FEW = 5;
/** Names of key attributes that say nothing of what stands there. */
const NAMELESS =
  /^(?:pk|sk|hk|rk|key|hash|range|sort|partition|id_?key|(?:partition|sort|hash|range)_?key|_?pk|_?sk)$/i;

export function namedParts(kind: KeyKind, keys: KeySchema): NamedPart[] {
  const parts = partsIn(kind);
  const seen = kind.rows.flatMap((row) => {
    const found = parts(row);
    return found === undefined ? [] : [{ row, parts: found }];
  });
  const before = [
    ...labelsBefore(kind.partition, keys.partition),
    ...(kind.sort === undefined ? [] : labelsBefore(kind.sort, keys.sort ?? '')),
  ];
  const names = new UniqueNames();
  const keyNames = new Set([keys.partition, ...(keys.sort === undefined ? [] : [keys.sort])]);
  return before.map(({ label, keyName }, index) => {
    const values = seen.map((one) => one.parts[index] ?? '');
    const attribute = attributeOf(
      seen.map(({ row }, at) => ({ row, text: values[at] ?? '' })),
      label,
      keyNames,
    );
    const form = formOf(values);
    const known = (attribute && partName(attribute)) ?? label ?? keyName ?? form;
    const name = names.give(
      known ?? 'part',
      ...(known !== undefined && form !== undefined ? [`${known}_${form}`] : []),
    );
    return {
      name,
      attribute,
      form,
      isGuess: known === undefined,
      isPlain: !values.some((value) => value.includes('#')),
      words: fewWords(values),
    };
  });
}

/** For each part, the word before it; for one that is the whole of its attribute, that one's name. */
function labelsBefore(
  { tokens }: KeyShape,
  attribute: string,
): { label: string | undefined; keyName: string | undefined }[] {
  return tokens.flatMap((token, index) => {
    if ('constant' in token) return [];
    const previous = tokens
      .slice(0, index)
      .findLast((one) => !('constant' in one && isVersion(one.constant)));
    const word =
      token.prefix !== ''
        ? token.prefix
        : previous !== undefined && 'constant' in previous
          ? previous.constant
          : '';
    const keyName = tokens.length === 1 && !NAMELESS.test(attribute) ? partName(attribute) : undefined;
    return [{ label: word === '' ? undefined : identifier(word, 'part'), keyName }];
  });
}

function attributeOf(
  seen: readonly { readonly row: SampledRow; readonly text: string }[],
  label: string | undefined,
  keys: ReadonlySet<string>,
): string | undefined {
  const [first] = seen;
  const isRelated = (name: string) => {
    const [one, other] = [plain(name), plain(label ?? '')];
    return other !== '' && (one.includes(other) || other.includes(one));
  };
  const equal = [...(first?.row.attributes?.keys() ?? [])].filter(
    (name) =>
      !keys.has(name) &&
      partName(name) !== undefined &&
      seen.every(({ row, text }) => {
        const given = row.attributes?.get(name);
        const value = given === undefined ? undefined : textOfValue(given);
        // ElectroDB writes keys in lower case. Of another attribute that may be chance: USER#anna, displayName Anna.
        return value === text || (value?.toLowerCase() === text && isRelated(name));
      }),
  );
  const distinct = new Set(seen.map(({ text }) => text)).size;
  // Of a few rows, equality may be chance.
  const sure = equal.filter((name) => distinct > 2 || isRelated(name) || (first?.text.length ?? 0) > 4);
  return sure.find(isRelated) ?? sure.find((name) => !/^_?gsi/i.test(name)) ?? sure[0];
}

function plain(name: string): string {
  return name.replace(/[\W_]/g, '').toLowerCase();
}

function fewWords(values: readonly string[]): readonly string[] | undefined {
  const distinct = [...new Set(values)];
  return distinct.length <= FEW && values.length >= 10 * distinct.length && distinct.every(isLabel)
    ? distinct.toSorted()
    : undefined;
}
