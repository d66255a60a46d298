interface Key {
  readonly field: string;
  readonly template: string;
}

interface Model {
  readonly indexes: Readonly<Record<string, { readonly pk: Key; readonly sk: Key }>>;
}

type Parts = Readonly<Record<string, string>>;

/**
 * ElectroDB words the keys of states, once for each template, and nothing else here: a hundredth of what it brings. A test
 * holds this to it.
 */
export class Entity {
  readonly #keys: readonly Key[];

  constructor({ indexes }: Model) {
    this.#keys = Object.values(indexes).flatMap(({ pk, sk }) => [pk, sk]);
  }

  get(parts: Parts) {
    const words = ({ field, template }: Key) =>
      [field, template.replaceAll(/\$\{(.+?)\}/g, (_, name: string) => parts[name] ?? '')] as const;
    return { params: () => ({ Key: Object.fromEntries(this.#keys.map(words)) }) };
  }
}
