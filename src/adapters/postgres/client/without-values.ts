import { REFUSED } from './database-fault.ts';

/** The parts of an error of PostgreSQL that name things: never `detail`, `where`, `hint` or a query, which cite what rows hold. */
const NAMES = ['code', 'severity', 'schema', 'table', 'column', 'dataType', 'constraint', 'routine'] as const;

type OfServer = Error & { readonly severity: string; readonly code?: string } & Partial<
    Readonly<Record<(typeof NAMES)[number], string>>
  >;

/** Classes of codes whose messages name tables, columns, users and files, and cite no value. */
const OF_NAMES = /^(?:08|0A|0B|23|25|26|28|2B|3D|3F|40|42|53|54|55|57|58|XX)/;
/** Data exceptions, cardinality and syntax: they say what is wrong, and then cite it. */
const CITING = /^(?:21|22|42601)/;

/**
 * An error as it may be logged: of PostgreSQL's own, one like it with code, names and what its message says of the class, without values of rows or
 * parameters; all others are themselves.
 */
export function withoutValues(error: unknown): unknown {
  if (!isOfServer(error)) return error;
  const message = messageOf(error);
  const names = NAMES.flatMap((name) => (error[name] === undefined ? [] : [[name, error[name]] as const]));
  const { stack = '', name } = error;
  const frames = /\n {4}at [^]*$/.exec(stack)?.[0] ?? '';
  return Object.assign(new Error(message), {
    ...Object.fromEntries(names),
    name,
    stack: `${name}: ${message}${frames}`,
  });
}

/** Both clients give the severity that the server said. */
function isOfServer(error: unknown): error is OfServer {
  return error instanceof Error && typeof (error as Partial<OfServer>).severity === 'string';
}

function messageOf({ code = '', message }: OfServer): string {
  if (CITING.test(code)) return message.replace(/"[^]*"/, '…').replace(/:[^]*$/, '');
  if (code === REFUSED || OF_NAMES.test(code)) return message;
  // Whatever a function of the user's own raises.
  return 'an error with a message of its own, which may cite values';
}
