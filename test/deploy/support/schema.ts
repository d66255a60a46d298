import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';
import { intrinsic, isParts, type Part, type Parts, type Template } from './template.ts';

/** Which resource types CloudFormation and SAM know, and what properties and attributes they have. */
export type Specification = Awaited<ReturnType<typeof loadAwsServiceSpec>>;

type PropertyType = SpecShape['properties'][string]['type'];

/** The part of a resource's or a type's specification that is used. */
interface SpecShape {
  readonly properties: Readonly<
    Record<string, { readonly type: { readonly type: string }; readonly required?: boolean }>
  >;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * Properties of SAM's function that are newer than the specification of SAM at hand, and that SAM hands on as they
 * are: they are checked as those of the Lambda function that it makes.
 */
const HANDED_ON: Readonly<Record<string, readonly string[]>> = {
  'AWS::Serverless::Function': ['LoggingConfig'],
};
const MADE_OF: Readonly<Record<string, string>> = { 'AWS::Serverless::Function': 'AWS::Lambda::Function' };

export function loadSpecification(): Promise<Specification> {
  return loadAwsServiceSpec();
}

/** What an event source mapping counts when it is told to; the specification knows of functions' metrics only. */
export const MAPPING_METRICS: readonly string[] = [
  'PolledEventCount',
  'FilteredOutEventCount',
  'InvokedEventCount',
  'FailedInvokeEventCount',
  'DroppedEventCount',
  'OnFailureDestinationDeliveredEventCount',
];

/** Whether a service of AWS publishes this metric. */
export function hasMetric(spec: Specification, namespace: string, name: string): boolean {
  if (namespace === 'AWS/Lambda' && MAPPING_METRICS.includes(name)) return true;
  return [...spec.all('metric')].some((metric) => metric.namespace === namespace && metric.name === name);
}

/** Everything in the template's resources that CloudFormation's specification does not know, each as a line. */
export function unknownIn({ Resources }: Template, spec: Specification): readonly string[] {
  const checks = new Checks(spec);
  return Object.entries(Resources).flatMap(([name, { Type, Properties = {} }]) => {
    const resource = resourceSpec(spec, Type);
    if (resource === undefined) return [`${name}: there is no resource type ${Type}`];
    const made = resourceSpec(spec, MADE_OF[Type] ?? '');
    const handedOn = (HANDED_ON[Type] ?? []).map((property) => [property, made!.properties[property]!]);
    return [
      ...checks.properties(
        Properties,
        { ...(Object.fromEntries(handedOn) as SpecShape['properties']), ...resource.properties },
        name,
      ),
    ];
  });
}

/** Whether resources of this type have this attribute. */
export function hasAttribute(spec: Specification, type: string, attribute: string): boolean {
  // SAM's name is that of what it makes.
  return [type, MADE_OF[type] ?? type].some(
    (name) => resourceSpec(spec, name)?.attributes?.[attribute] !== undefined,
  );
}

function resourceSpec(spec: Specification, type: string): SpecShape | undefined {
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

/** Finds what contradicts the specification, part by part; each problem is a line that names its place. */
class Checks {
  readonly #spec: Specification;

  constructor(spec: Specification) {
    this.#spec = spec;
  }

  *properties(parts: Parts, properties: SpecShape['properties'], place: string): Generator<string> {
    for (const [name, { required }] of Object.entries(properties))
      if (required === true && parts[name] === undefined) yield `${place} lacks ${name}`;
    for (const [name, part] of Object.entries(parts)) {
      const property = properties[name];
      if (property === undefined) yield `${place} has the unknown property ${name}`;
      else yield* this.#part(part, property.type, `${place}.${name}`);
    }
  }

  *#part(part: Part, type: PropertyType, place: string): Generator<string> {
    const call = intrinsic(part);
    if (call?.name === 'Fn::If')
      for (const branch of (call.argument as readonly Part[]).slice(1))
        yield* this.#part(branch, type, place);
    // What a function gives is known when it is deployed.
    if (call !== undefined) return;
    const shape = type as PropertyType & {
      readonly element: PropertyType;
      readonly reference: { readonly $ref: string };
      readonly types: readonly PropertyType[];
    };
    const expected = EXPECTED[shape.type];
    if (expected === undefined) yield `${place} is of the type ${shape.type}, which is not known here`;
    else if (!expected.fits(part)) yield `${place} is not ${expected.what}`;
    else if (shape.type === 'array' || shape.type === 'map')
      for (const [name, item] of Object.entries(part as Parts))
        yield* this.#part(
          item,
          shape.element,
          shape.type === 'map' ? `${place}.${name}` : `${place}[${name}]`,
        );
    else if (shape.type === 'ref') {
      const definition = this.#spec.get('typeDefinition', shape.reference.$ref) as unknown as SpecShape;
      yield* this.properties(part as Parts, definition.properties, place);
    } else if (shape.type === 'union') {
      const attempts = shape.types.map((one) => [...this.#part(part, one, place)]);
      if (attempts.every((problems) => problems.length > 0))
        yield `${place} is none of what it may be: ${attempts.flat().join('; ')}`;
    }
  }
}

const isNumeric = (part: Part) => Number.isFinite(Number(part));
const anything = { what: 'anything', fits: () => true };

/** What a value of each type is, before its parts are looked at. */
const EXPECTED: Readonly<Record<string, { readonly what: string; fits(part: Part): boolean }>> = {
  string: { what: 'a string', fits: (part) => typeof part === 'string' || typeof part === 'number' },
  integer: { what: 'a number', fits: isNumeric },
  number: { what: 'a number', fits: isNumeric },
  boolean: {
    what: 'true or false',
    fits: (part) => ['true', 'false', true, false].some((value) => value === part),
  },
  json: { what: 'an object', fits: (part) => typeof part === 'object' },
  array: { what: 'an array', fits: (part) => Array.isArray(part) },
  map: { what: 'a map', fits: isParts },
  ref: { what: 'an object', fits: isParts },
  any: anything,
  union: anything,
};
