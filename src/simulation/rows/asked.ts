import { types } from 'node:util';

/** What something must be for what a function does with it. */
export type Hint = 'text' | 'number' | 'bytes' | 'list' | 'set' | 'map' | 'one of several';

/** What functions of a definition have asked of a value: what they take it for, and what they read of it. */
export class Asked {
  readonly hints = new Set<Hint>();
  readonly members = new Map<string, Asked>();
  #elements: Asked | undefined;

  member(name: string): Asked {
    const known = this.members.get(name) ?? new Asked();
    this.members.set(name, known);
    return known;
  }

  /** What was asked of the members of a list, a set, or a map whose names are asked for. */
  get elements(): Asked {
    return (this.#elements ??= new Asked());
  }
}

/** Members of texts, lists and sets, and what having been asked for one of them says. */
const METHODS: ReadonlyMap<string, readonly Hint[]> = new Map(
  (
    [
      [
        ['text'],
        'trim trimStart trimEnd split toUpperCase toLowerCase startsWith endsWith padStart padEnd charAt charCodeAt codePointAt localeCompare match matchAll replace replaceAll substring normalize repeat',
      ],
      [['number'], 'toFixed toPrecision'],
      [
        ['list'],
        'map filter flatMap flat some every find findIndex findLast reduce join push toSorted sort toReversed reverse',
      ],
      [['text', 'list'], 'length includes indexOf lastIndexOf slice at concat'],
      [['set'], 'has size union intersection difference isSubsetOf isSupersetOf'],
      [['set', 'list'], 'values entries keys forEach'],
      [['bytes'], 'byteLength byteOffset buffer subarray'],
    ] as const
  ).flatMap(([hints, names]) => names.split(' ').map((name): [string, readonly Hint[]] => [name, hints])),
);

/** The only name in a map that is asked for its names. */
const SOME_NAME = 'some_name';

/** A function that asks for ever is stopped: nobody knows what it waits for. */
const MOST_QUESTIONS = 2_000;

/**
 * Calls a function of a row's attributes, and notes in `asked` what it asks of them. What it throws does not matter: it is
 * given what no row holds.
 *
 * @param attributes those that the row has. What else is asked for is something that can be read, called and walked
 *   through, unless `isStrict`: then it is not there.
 */
export function noteQuestions(
  run: (attributes: object) => unknown,
  attributes: object,
  asked: Asked,
  isStrict: boolean,
): void {
  const questions = new Questions();
  const root = new Proxy(attributes, {
    get: (target, name, receiver): unknown => {
      if (typeof name === 'symbol') return Reflect.get(target, name, receiver);
      const member = asked.member(name);
      if (Object.hasOwn(target, name)) return Reflect.get(target, name, receiver);
      return isStrict ? undefined : questions.anything(member);
    },
    has: (target, name) => {
      if (typeof name === 'string') asked.member(name);
      return Reflect.has(target, name);
    },
  });
  try {
    const returned = run(root);
    // What it is rejected with must not end the process.
    if (types.isPromise(returned)) returned.catch(() => undefined);
  } catch {
    // It has asked until then.
  }
}

class Questions {
  #left = MOST_QUESTIONS;

  /** Something that whatever is done with it can be done with. */
  anything(asked: Asked): unknown {
    return this.#proxy(asked, (given) => this.#callAll(given, asked));
  }

  #proxy(asked: Asked, call: (given: readonly unknown[]) => unknown): unknown {
    return new Proxy(() => undefined, {
      get: (_, name) => this.#read(asked, name),
      apply: (_, _self, given: readonly unknown[]) => call(given),
      has: () => true,
      // As Object.entries and for … in ask.
      ownKeys: () => {
        asked.hints.add('map');
        return [SOME_NAME];
      },
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      // As instanceof asks, which does not say for what.
      getPrototypeOf: () => {
        asked.hints.add('one of several');
        return null;
      },
    });
  }

  #read(asked: Asked, name: string | symbol): unknown {
    if (this.#left-- <= 0) throw new Error('asks too much');
    if (name === Symbol.iterator) {
      asked.hints.add('list').add('set');
      return () => [this.anything(asked.elements)].values();
    }
    if (name === Symbol.toPrimitive)
      return (hint: string) => {
        if (hint === 'number') asked.hints.add('number');
        if (hint === 'string') asked.hints.add('text');
        return hint === 'number' ? 1 : 'a';
      };
    // What has a then would be taken for a promise.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (name === SOME_NAME) return this.anything(asked.elements);
    const hints = METHODS.get(name);
    if (hints === undefined) return this.anything(asked.member(name));
    for (const hint of hints) asked.hints.add(hint);
    return this.#proxy(new Asked(), (given) => this.#callAll(given, asked));
  }

  /** Functions that are handed in are given members of what they are handed to. */
  #callAll(given: readonly unknown[], { elements }: Asked): unknown {
    if (this.#left-- <= 0) throw new Error('asks too much');
    for (const one of given)
      if (typeof one === 'function')
        (one as (...members: unknown[]) => unknown)(this.anything(elements), this.anything(elements));
    return this.anything(new Asked());
  }
}
