import type { KeySchema } from '../../domain/table-model.ts';
import { areaOf, isNeeded, isWithin, type KeyArea, type Rows } from './key-area.ts';
import { isAny, type KeyRule, meet } from './key-rule.ts';

/** In words: which rows areas have that nothing is derived from, as far as their keys tell. */
export function needlessRows(areas: readonly KeyArea[], { rows, keys }: Rows): readonly string[] {
  const needed = rows.filter(isNeeded).map((model) => ({ name: model.name, area: areaOf(model) }));
  const places = areas.flatMap(({ partitions, sorts }) =>
    partitions.flatMap((partition) => {
      const apart = sorts.filter((sort) => !needed.some(({ area }) => isWithin(area, partition, sort)));
      if (apart.length === 0) return [];
      const place = { partitions: [partition], sorts: apart };
      const exceptions = needed.filter(({ area }) => doMeet(place, area)).map(({ name }) => name);
      const but = exceptions.length === 0 ? '' : `, those that are not of ${exceptions.join(', ')}`;
      return [`${wordsOf(place, keys)}${but}`];
    }),
  );
  const kinds = rows
    .filter((model) => !isNeeded(model) && areas.some((area) => doMeet(area, areaOf(model))))
    .map(
      (model) =>
        `${model.name}: ${wordsOf(areaOf(model), keys)}${model.derivedBy === undefined ? '' : ', which the worker itself writes'}`,
    );
  return [...places, ...kinds];
}

function doMeet(a: KeyArea, b: KeyArea): boolean {
  const some = (attribute: keyof KeyArea) =>
    a[attribute].some((one) => b[attribute].some((two) => meet(one, two)));
  return some('partitions') && some('sorts');
}

function wordsOf({ partitions, sorts }: KeyArea, { partition, sort }: KeySchema): string {
  const attributes = [
    [partition, partitions],
    ...(sort === undefined ? [] : [[sort, sorts] as const]),
  ] as const;
  const words = attributes.map(([name, rules]) => `${name} ${rules.map(ruleInWords).join(' or ')}`);
  return words.join(' with ');
}

function ruleInWords(rule: KeyRule): string {
  if (isAny(rule)) return 'of any text';
  return `${rule.isWhole ? '' : 'beginning with '}${JSON.stringify(rule.text)}`;
}
