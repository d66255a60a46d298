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
  const problems: string[] = [];
  for (const [name, { Type, Properties = {} }] of Object.entries(Resources)) {
    const resource = resourceSpec(spec, Type);
    if (resource === undefined) {
      problems.push(`${name}: there is no resource type ${Type}`);
      continue;
    }
    const handedOn = HANDED_ON[Type] ?? [];
    const made = resourceSpec(spec, MADE_OF[Type] ?? '');
    const properties = {
      ...Object.fromEntries(handedOn.map((property) => [property, made!.properties[property]!])),
      ...resource.properties,
    };
    checkProperties(Properties, properties, name, spec, problems);
  }
  return problems;
}

/** Whether resources of this type have this attribute. */
export function hasAttribute(spec: Specification, type: string, attribute: string): boolean {
  return resourceSpec(spec, type)?.attributes?.[attribute] !== undefined;
}

function resourceSpec(spec: Specification, type: string): SpecShape | undefined {
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

function checkProperties(
  parts: Parts,
  properties: SpecShape['properties'],
  place: string,
  spec: Specification,
  problems: string[],
): void {
  for (const [name, { required }] of Object.entries(properties))
    if (required === true && parts[name] === undefined) problems.push(`${place} lacks ${name}`);
  for (const [name, part] of Object.entries(parts)) {
    const property = properties[name];
    if (property === undefined) problems.push(`${place} has the unknown property ${name}`);
    else check(part, property.type, `${place}.${name}`, spec, problems);
  }
}

function check(part: Part, type: PropertyType, place: string, spec: Specification, problems: string[]): void {
  const call = intrinsic(part);
  if (call?.name === 'Fn::If') {
    for (const branch of (call.argument as readonly Part[]).slice(1))
      check(branch, type, place, spec, problems);
    return;
  }
  // What a function gives is known when it is deployed.
  if (call !== undefined) return;
  const problem = problemOf(part, type, place, spec, problems);
  if (problem !== undefined) problems.push(`${place} is ${problem}`);
}

/** Why a part is not of its type; parts within it are checked by themselves. */
function problemOf(
  part: Part,
  type: PropertyType,
  place: string,
  spec: Specification,
  problems: string[],
): string | undefined {
  const shape = type as PropertyType & {
    readonly element: PropertyType;
    readonly reference: { readonly $ref: string };
    readonly types: readonly PropertyType[];
  };
  switch (shape.type) {
    case 'string':
      return typeof part === 'string' || typeof part === 'number' ? undefined : 'not a text';
    case 'integer':
    case 'number':
      return Number.isFinite(Number(part)) ? undefined : 'not a number';
    case 'boolean':
      return [true, false, 'true', 'false'].includes(part as string | boolean)
        ? undefined
        : 'neither true nor false';
    case 'json':
      return typeof part === 'object' ? undefined : 'not an object';
    case 'any':
      return undefined;
    case 'array':
      if (!Array.isArray(part)) return 'not a list';
      for (const [index, item] of (part as readonly Part[]).entries())
        check(item, shape.element, `${place}[${index}]`, spec, problems);
      return undefined;
    case 'map':
      if (!isParts(part)) return 'not a map';
      for (const [name, item] of Object.entries(part))
        check(item, shape.element, `${place}.${name}`, spec, problems);
      return undefined;
    case 'ref':
      if (!isParts(part)) return 'not an object';
      checkProperties(
        part,
        (spec.get('typeDefinition', shape.reference.$ref) as unknown as SpecShape).properties,
        place,
        spec,
        problems,
      );
      return undefined;
    case 'union': {
      const attempts = shape.types.map((one) => {
        const found: string[] = [];
        check(part, one, place, spec, found);
        return found;
      });
      if (attempts.some((found) => found.length === 0)) return undefined;
      return `none of what it may be: ${attempts.flat().join('; ')}`;
    }
    default:
      return `of the type ${shape.type}, which is not known here`;
  }
}
