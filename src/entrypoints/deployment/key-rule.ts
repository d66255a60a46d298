import type { KeyTemplate } from '../../domain/definition/key-template.ts';

/** What a key must be, or begin with. One that begins with nothing is any. */
export interface KeyRule {
  readonly text: string;
  readonly isWhole: boolean;
}

export const ANY: KeyRule = { text: '', isWhole: false };

/** What keys of a template begin with; all of the key where it has no parts. */
export function ruleOf({ fixed, text, prefix }: KeyTemplate): KeyRule {
  return fixed ? { text, isWhole: true } : { text: prefix, isWhole: false };
}

export function isAny({ text, isWhole }: KeyRule): boolean {
  return text === '' && !isWhole;
}

/** Whether every key that the other rule takes is taken. */
export function covers(rule: KeyRule, other: KeyRule): boolean {
  if (rule.isWhole) return other.isWhole && rule.text === other.text;
  return other.text.startsWith(rule.text);
}

/** Whether there is a key that both take. */
export function meet(a: KeyRule, b: KeyRule): boolean {
  return covers(a, b) || covers(b, a);
}

/** The rules without those that others cover. They take the same keys. */
export function withoutCovered(rules: readonly KeyRule[]): readonly KeyRule[] {
  return rules.filter(
    (rule, index) =>
      !rules.some(
        (other, place) => place !== index && covers(other, rule) && (place < index || !covers(rule, other)),
      ),
  );
}

/** Fewer or shorter rules that take all the same keys, and others: the two that begin most alike become one. */
export function coarser(rules: readonly KeyRule[]): readonly KeyRule[] {
  const [first = ANY, ...others] = rules;
  if (others.length === 0) return [beginning(first.text, Math.floor(first.text.length / 2))];
  const sorted = rules.toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  let best = ANY;
  for (const [index, { text }] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined) break;
    const common = beginning(text, lengthInCommon(text, next.text));
    if (common.text.length >= best.text.length) best = common;
  }
  return withoutCovered([...rules, best]);
}

function lengthInCommon(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function beginning(text: string, length: number): KeyRule {
  const start = text.slice(0, length);
  // Half a character would match none.
  return { text: start.isWellFormed() ? start : start.slice(0, -1), isWhole: false };
}
