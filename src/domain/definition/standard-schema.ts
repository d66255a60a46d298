/**
 * A validator of any library that follows Standard Schema 1 (zod, valibot, arktype and others), by the part that is
 * used: https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What a schema makes of a row. Read from the results that are no failures: of a union whose failures have no `value`,
 * the compiler would infer one that may be undefined.
 */
export type OutputOf<Schema extends StandardSchema> = Success<
  Awaited<ReturnType<Schema['~standard']['validate']>>
>;

type Success<Result> = Result extends { readonly issues: readonly SchemaIssue[] }
  ? never
  : Result extends { readonly value: infer Output }
    ? Output
    : never;

/** What a schema takes, where it says so. */
export type InputOf<Schema extends StandardSchema> =
  NonNullable<Schema['~standard']['types']> extends { readonly input: infer Input } ? Input : unknown;
