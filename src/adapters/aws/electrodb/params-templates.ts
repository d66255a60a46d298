import { Fault } from '../../../domain/fault.ts';

/** The parts of a request, or of an item of one, that hold values: each is a flat record. */
const VALUE_PARTS = ['Key', 'Item', 'ExpressionAttributeValues'] as const;

type Values = Readonly<Record<string, unknown>>;
type Slot = (values: Values) => unknown;
type Template = (values: Values) => object;

/**
 * Request parameters as ElectroDB writes them, at a fraction of what its builder costs: it is asked once for each
 * shape, with a marker for each value, and values take the places of their markers from then on.
 *
 * Values are not validated, and none is taken for an operation, a field or a placeholder.
 */
export class ParamsTemplates {
  readonly #templates = new Map<string, Template>();

  /**
   * @param shape names what `paramsOf` makes. With the names of the values, it decides everything but the values.
   * @param values what may differ from one request of the shape to the next.
   * @param paramsOf makes the parameters with ElectroDB. Every value that it is given is a text.
   */
  fill<V extends object, P extends object>(shape: string, values: V, paramsOf: (marked: V) => P): P {
    const names = Object.keys(values);
    const id = `${shape}(${names.join()})`;
    let template = this.#templates.get(id);
    if (template === undefined) {
      const marked = Object.fromEntries(names.map((name) => [name, MARK + name + MARK]));
      this.#templates.set(id, (template = templateOf(paramsOf(marked as V))));
    }
    return template(values as Values) as P;
  }
}

/** Stands in no key, expression or attribute name that ElectroDB makes of its own. */
const MARK = '\u0001';

function templateOf(params: object): Template {
  const parts = VALUE_PARTS.flatMap((part) => {
    const record = (params as Partial<Record<string, Values>>)[part];
    return record === undefined ? [] : [{ part, slots: slotsOf(record) }];
  });
  return (values) => {
    const filled: Record<string, unknown> = { ...params };
    for (const { part, slots } of parts) {
      const record: Record<string, unknown> = {};
      for (const [name, slot] of slots) record[name] = slot(values);
      filled[part] = record;
    }
    return filled;
  };
}

function slotsOf(record: Values): (readonly [name: string, slot: Slot])[] {
  return Object.entries(record).map(([name, value]) => [name, slotOf(value)]);
}

function slotOf(value: unknown): Slot {
  if (typeof value !== 'string') return () => value;
  // Texts and, between them, names.
  const parts = value.split(MARK);
  const [before, name, after] = parts;
  if (name === undefined) return () => value;
  if (before === '' && after === '' && parts.length === 3) return (values) => values[name];
  return (values) =>
    parts.reduce((text, part, index) => text + (index % 2 === 0 ? part : textOf(values[part])), '');
}

/** As part of a key. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Fault('permanent', `a part of a key is no text but ${typeof value}`);
}
