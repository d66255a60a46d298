import type { NonEmpty } from '../../src/domain/coalesce.ts';

/** A test on a harness of its own. Its function's name is its title. */
export type Test<H> = (harness: H) => unknown;

/** A test of what not every implementation can do. */
interface Optional<H, C> {
  readonly capability: C;
  readonly test: Test<H>;
}

/** Tests that differ in a value only, with what the value is. */
interface Cases<H> {
  readonly cases: readonly (readonly [what: string, test: Test<H>])[];
}

/** What every implementation of a port promises: tests by name, grouped by the method that they call. */
export type Contract<H, C extends string = never> = Readonly<
  Record<string, Readonly<Record<string, Test<H> | Cases<H> | Optional<H, C>>>>
>;

type Closable<H> = H & { close?(): unknown };

/** One implementation of a port. */
export interface Implementation<H, C extends string = never> {
  readonly name: string;
  /** A harness for one test, which may share servers with others: tests keep to names of their own. */
  readonly setUp: () => Closable<H> | Promise<Closable<H>>;
  /** What it cannot do, and why: tests of that are skipped, with the reason in their titles. */
  readonly lacks?: Partial<Readonly<Record<C, string>>>;
  /** What to install before it can be tested here. */
  readonly missing?: string | undefined;
}

/** A backend's implementations of a port, or why it needs none. */
export type Implementations<H, C extends string = never> =
  NonEmpty<Implementation<H, C>> | { readonly lacks: string };

export function needs<H, C extends string>(capability: C, test: Test<H>): Optional<H, C> {
  return { capability, test };
}

export function each<H, T>(
  cases: Iterable<readonly [what: string, value: T]>,
  test: (harness: H, value: T) => unknown,
): Cases<H> {
  return { cases: [...cases].map(([what, value]) => [what, (harness: H) => test(harness, value)]) };
}

export function eachText<H>(texts: readonly string[], test: (harness: H, text: string) => unknown): Cases<H> {
  const cases = texts.map((text) => [JSON.stringify(text.slice(0, 60)), text] as const);
  return each(cases, test);
}

/** Defines the tests of a port's contract for each of its implementations. */
export function describeContract<H, C extends string>(
  port: string,
  contract: Contract<H, C>,
  implementations: Implementations<H, C>,
): void {
  if ('lacks' in implementations) {
    describe(`contract of the ${port}`, () => it.skip(implementations.lacks));
    return;
  }
  for (const { name, setUp, lacks, missing } of implementations)
    describe(`contract of the ${port}: ${name}`, function () {
      this.timeout(180_000);
      const define = (title: string, test: Test<H>) =>
        it(title, async () => {
          const harness = await setUp();
          try {
            await test(harness);
          } finally {
            await harness.close?.();
          }
        });
      if (missing !== undefined) {
        it.skip(missing);
        return;
      }
      for (const [method, tests] of Object.entries(contract))
        describe(method, () => {
          for (const [name, test] of Object.entries(tests)) {
            const title = titleOf(name);
            if (typeof test === 'function') define(title, test);
            else if ('cases' in test)
              for (const [what, each] of test.cases) define(`${title}: ${what}`, each);
            else {
              const reason = lacks?.[test.capability];
              if (reason === undefined) define(title, test.test);
              else it.skip(`${title} (${reason})`);
            }
          }
        });
    });
}

/** `keepsTheOrder` as `keeps the order`. */
function titleOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
