/** Something that takes time to open: opened by the first that asks, for all, and again where that failed. */
export class OpenedLater<T> {
  readonly #open: () => Promise<T>;
  readonly #close: (opened: T) => Promise<unknown>;
  #opening: Promise<T> | undefined;

  constructor(open: () => Promise<T>, close: (opened: T) => Promise<unknown>) {
    this.#open = open;
    this.#close = close;
  }

  get(): Promise<T> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#open();
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  /** Closes what was opened, if anything was. */
  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    if (opened !== undefined) await this.#close(opened);
  }
}

/** The names of a port's methods. */
type Methods<Port> = {
  [Name in keyof Port]-?: NonNullable<Port[Name]> extends (...args: never[]) => Promise<unknown>
    ? Name
    : never;
}[keyof Port];

/** The names of what it gives piece by piece. */
type Listings<Port> = {
  [Name in keyof Port]: Port[Name] extends (...args: never[]) => AsyncIterable<unknown> ? Name : never;
}[keyof Port];

/** An adapter's methods, by their names. */
type Adapter<Given> = Readonly<Record<string, (...args: readonly unknown[]) => Given>>;

/**
 * A port whose adapter is there when its first call needs it. What `get` rejects with, the call does.
 *
 * @param kind the port's class.
 * @param methods all that the port has.
 * @param listings the same of what gives its results piece by piece.
 */
export function whenOpened<Port extends object>(
  kind: { readonly prototype: Port },
  get: () => Promise<Port>,
  methods: Readonly<Record<Methods<Port>, true>>,
  listings: Readonly<Record<Listings<Port>, true>>,
): Port {
  const port = Object.create(kind.prototype) as Record<string, unknown>;
  for (const name of Object.keys(methods))
    port[name] = async (...args: readonly unknown[]) => {
      const adapter = (await get()) as Adapter<unknown>;
      return adapter[name]?.(...args);
    };
  for (const name of Object.keys(listings))
    port[name] = async function* (...args: readonly unknown[]) {
      const adapter = (await get()) as Adapter<AsyncIterable<unknown>>;
      yield* adapter[name]?.(...args) ?? [];
    };
  return port as unknown as Port;
}
