export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets an own property as `JSON.parse` does: one named `__proto__` is a property like any other. */
export function put(target: object, name: string, value: Json): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}

/** An own property, and nothing that a prototype holds. */
export function own(target: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(target, name) ? target[name] : undefined;
}

/** JSON text of any depth, which `JSON.stringify` has no stack for; keeps -0, and what is too large for a double. */
export function toText(value: Json): string {
  const text: string[] = [];
  const tasks: ({ readonly text: string } | { readonly value: Json })[] = [{ value }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('text' in task) text.push(task.text);
    else if (Array.isArray(task.value)) {
      const elements = task.value.flatMap((element, index) => [
        { text: index === 0 ? '[' : ',' },
        { value: element },
      ]);
      tasks.push({ text: ']' }, ...elements.reverse());
      if (elements.length === 0) text.push('[');
    } else if (isObject(task.value)) {
      const members = Object.entries(task.value).flatMap(([name, member], index) => [
        { text: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:` },
        { value: member },
      ]);
      tasks.push({ text: '}' }, ...members.reverse());
      if (members.length === 0) text.push('{');
    } else text.push(typeof task.value === 'number' ? numberText(task.value) : JSON.stringify(task.value));
  }
  return text.join('');
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : `${value < 0 ? '-' : ''}1e999`;
}
