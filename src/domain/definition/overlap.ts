/** What a part of a key may hold: anything, one of some values, or anything without certain characters. */
export type PartRule = readonly string[] | { readonly without: string } | undefined;

export function isAllowed(rule: PartRule, part: string): boolean {
  if (rule === undefined) return true;
  return 'without' in rule ? !part.includes(rule.without) : rule.includes(part);
}

/** Literals, and between them what each part may hold: one rule fewer than there are literals. */
export interface Pattern {
  readonly literals: readonly string[];
  readonly rules: readonly PartRule[];
}

/** A character, or all but some. */
type Step = { readonly only: string } | { readonly not: string };

interface State {
  readonly steps: { readonly step: Step; readonly to: number }[];
  /** States that are reached without a character. */
  readonly free: number[];
}

/**
 * A key that both patterns match, for a message; undefined when there is none. As for a key template, a part ends where
 * the next literal first occurs, and the last takes the rest. Exact, and the shortest: walks the product of the two
 * patterns' automata, whose states are as many as the characters of the literals and values.
 */
export function commonKey(a: Pattern, b: Pattern): string | undefined {
  if (beginApart(a, b)) return undefined;
  const [left, right] = [automatonOf(a), automatonOf(b)];
  const seen = new Set<string>();
  let frontier: { readonly at: readonly [number, number]; readonly key: string }[] = [
    { at: [0, 0], key: '' },
  ];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { at, key } of frontier) {
      for (const [i, j] of pairsFrom(left, right, at)) {
        if (seen.has(`${i} ${j}`)) continue;
        seen.add(`${i} ${j}`);
        if (i === left.length - 1 && j === right.length - 1) return key;
        for (const one of left[i]?.steps ?? [])
          for (const other of right[j]?.steps ?? []) {
            const character = common(one.step, other.step);
            if (character !== undefined) next.push({ at: [one.to, other.to], key: key + character });
          }
      }
    }
    frontier = next;
  }
  return undefined;
}

/** Most pairs do, and a cold start need not walk them. */
function beginApart({ literals: [a = ''] }: Pattern, { literals: [b = ''] }: Pattern): boolean {
  return !a.startsWith(b) && !b.startsWith(a);
}

/** The pair of states, and all that are reached from it without a character. */
function pairsFrom(
  left: readonly State[],
  right: readonly State[],
  [i, j]: readonly [number, number],
): (readonly [number, number])[] {
  return closureOf(left, i).flatMap((one) => closureOf(right, j).map((other) => [one, other] as const));
}

function closureOf(automaton: readonly State[], from: number): number[] {
  const found = [from];
  for (const state of found)
    for (const free of automaton[state]?.free ?? []) if (!found.includes(free)) found.push(free);
  return found;
}

/** Its first state is 0, its only final one the last. */
function automatonOf({ literals, rules }: Pattern): State[] {
  const automaton = new Automaton();
  let at = automaton.spell(literals[0] ?? '', automaton.add());
  for (const [index, rule] of rules.entries()) {
    const literal = literals[index + 1] ?? '';
    const isLast = index === rules.length - 1;
    if (isValues(rule)) {
      // A value that holds the next literal is never read as a whole.
      const values = isLast
        ? rule
        : rule.filter((value) => (value + literal).indexOf(literal, 1) === value.length);
      at = automaton.spell(literal, automaton.oneOf(values, at));
    } else if (isLast) at = automaton.spell(literal, automaton.anything(rule?.without ?? '', at));
    else at = automaton.upTo(literal, rule?.without ?? '', at);
  }
  automaton.join(at, automaton.add());
  return automaton.states;
}

class Automaton {
  readonly states: State[] = [];

  add(): number {
    return this.states.push({ steps: [], free: [] }) - 1;
  }

  step(from: number, step: Step, to: number): void {
    this.states[from]?.steps.push({ step, to });
  }

  join(from: number, to: number): void {
    this.states[from]?.free.push(to);
  }

  /** Adds a text. @returns the state after it, as the others do. */
  spell(text: string, from: number): number {
    let at = from;
    for (const character of text) {
      const to = this.add();
      this.step(at, { only: character }, to);
      at = to;
    }
    return at;
  }

  oneOf(values: readonly string[], from: number): number {
    const ends = values.map((value) => this.spell(value, from));
    const after = this.add();
    for (const end of ends) this.join(end, after);
    return after;
  }

  /** Any characters but some, at least one. */
  anything(without: string, from: number): number {
    const loop = this.add();
    this.step(from, { not: without }, loop);
    this.step(loop, { not: without }, loop);
    // A state of its own, so that the loop cannot be entered again from what follows.
    const after = this.add();
    this.join(loop, after);
    return after;
  }

  /**
   * Any characters but some, at least one, and then a literal at the first place where it can stand: each state knows
   * how much of the literal has just been read, as in the search of Knuth, Morris and Pratt.
   */
  upTo(literal: string, without: string, from: number): number {
    const characters = Array.from(literal);
    const read = [...characters, ''].map(() => this.add());
    const stateOf = (length: number) => read[length] ?? 0;
    this.step(from, { not: without }, stateOf(0));
    for (const length of characters.keys()) {
      const known = characters.slice(0, length);
      for (const character of new Set(characters)) {
        const text = [...known, character];
        const kept = longestEnd(text, characters);
        // What is no beginning of the literal after all is of the part.
        const isOfPart = text.slice(0, text.length - kept);
        if (!isOfPart.some((one) => without.includes(one)))
          this.step(stateOf(length), { only: character }, stateOf(kept));
      }
      if (!known.some((one) => without.includes(one)))
        this.step(stateOf(length), { not: literal + without }, stateOf(0));
    }
    return stateOf(characters.length);
  }
}

/** How long the longest end of a text is that the literal begins with. */
function longestEnd(text: readonly string[], literal: readonly string[]): number {
  let length = text.length;
  while (text.slice(text.length - length).some((character, index) => character !== literal[index])) length--;
  return length;
}

function isValues(rule: PartRule): rule is readonly string[] {
  return Array.isArray(rule);
}

/** A character that both steps take. */
function common(a: Step, b: Step): string | undefined {
  if ('only' in a) return allows(b, a.only) ? a.only : undefined;
  if ('only' in b) return allows(a, b.only) ? b.only : undefined;
  let code = 'x'.charCodeAt(0);
  while (!allows(a, String.fromCharCode(code)) || !allows(b, String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

function allows(step: Step, character: string): boolean {
  return 'only' in step ? step.only === character : !step.not.includes(character);
}
