import {
  intrinsic,
  isParts,
  type Part,
  type Parts,
  type Resource,
  substitutions,
  textOf,
  type Template,
} from './template.ts';

export type Values = Readonly<Record<string, string | number>>;

export interface Resolved {
  /** The resources that are made, their properties without any intrinsic function. */
  readonly resources: Readonly<Record<string, Omit<Resource, 'Properties'> & { readonly Properties: Parts }>>;
  readonly outputs: Parts;
}

/** What stands for a property that is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

const PSEUDO_PARAMETERS: Values = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::StackName': 'contrail',
};

/**
 * The template as CloudFormation sees it with these values for its parameters: conditions decided, functions
 * computed. A resource's name is `<Name>` and an attribute of it `<Name.Attribute>`, as nothing is made.
 *
 * @throws Error when a value or their combination is not allowed, or something refers to what is not there, or not made.
 */
export function resolve(template: Template, values: Values): Resolved {
  return new Resolver(template, parametersOf(template, values)).resolve();
}

function parametersOf({ Parameters }: Template, values: Values): Values {
  for (const name of Object.keys(values))
    if (!(name in Parameters)) throw new Error(`there is no parameter ${name}`);
  return Object.fromEntries(
    Object.entries(Parameters).map(([name, parameter]) => {
      const value = values[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`the parameter ${name} has no value`);
      const { AllowedValues, AllowedPattern, MinValue = -Infinity, MaxValue = Infinity } = parameter;
      const allowed =
        (AllowedValues?.map(String).includes(String(value)) ?? true) &&
        new RegExp(`^(?:${AllowedPattern ?? '.*'})$`).test(String(value)) &&
        (parameter.Type !== 'Number' || (Number(value) >= MinValue && Number(value) <= MaxValue));
      if (!allowed) throw new Error(`the parameter ${name} may not be ${value}`);
      return [name, value];
    }),
  );
}

class Resolver {
  readonly #template: Template;
  readonly #parameters: Values;

  constructor(template: Template, parameters: Values) {
    this.#template = template;
    this.#parameters = parameters;
  }

  resolve(): Resolved {
    for (const { Assertions } of Object.values(this.#template.Rules))
      for (const { Assert, AssertDescription } of Assertions)
        if (this.#part(Assert) !== true) throw new Error(AssertDescription);
    const made = Object.entries(this.#template.Resources).filter(([name]) => this.#isMade(name));
    return {
      resources: Object.fromEntries(
        made.map(([name, resource]) => [
          name,
          { ...resource, Properties: this.#part(resource.Properties ?? {}) as Parts },
        ]),
      ),
      outputs: Object.fromEntries(
        Object.entries(this.#template.Outputs).map(([name, { Value }]) => [name, this.#part(Value) as Part]),
      ),
    };
  }

  #isMade(name: string): boolean {
    const resource = this.#template.Resources[name];
    if (resource === undefined) throw new Error(`there is no resource ${name}`);
    return resource.Condition === undefined || this.#condition(resource.Condition);
  }

  #condition(name: string): boolean {
    const condition = this.#template.Conditions[name];
    if (condition === undefined) throw new Error(`there is no condition ${name}`);
    return this.#part(condition) as unknown as boolean;
  }

  #part(part: Part): Part | typeof NO_VALUE {
    const call = intrinsic(part);
    if (call !== undefined) return this.#call(call.name, call.argument);
    if (Array.isArray(part))
      return (part as readonly Part[]).map((item) => this.#part(item)).filter((item) => item !== NO_VALUE);
    if (!isParts(part)) return part;
    const entries = Object.entries(part).map(([name, value]) => [name, this.#part(value)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== NO_VALUE)) as Parts;
  }

  #call(name: string, argument: Part): Part | typeof NO_VALUE {
    if (name === 'Ref') return argument === 'AWS::NoValue' ? NO_VALUE : this.#reference(textOf(argument));
    if (name === 'Condition') return this.#condition(textOf(argument));
    if (name === 'Fn::Sub') return this.#sub(argument);
    const args = argument as readonly Part[];
    switch (name) {
      case 'Fn::GetAtt':
        return this.#attribute(args.map(textOf).join('.'));
      case 'Fn::If': {
        const [condition, then, otherwise] = args;
        return this.#part((this.#condition(textOf(condition)) ? then : otherwise) as Part);
      }
      case 'Fn::And':
        return args.every((item) => this.#part(item));
      case 'Fn::Or':
        return args.some((item) => this.#part(item));
      case 'Fn::Not':
        return !this.#part(args[0]!);
      case 'Fn::Equals':
        return this.#text(args[0]) === this.#text(args[1]);
      case 'Fn::Select': {
        const list = this.#part(args[1]!) as readonly Part[];
        const selected = list[Number(args[0])];
        if (selected === undefined) throw new Error(`a list has no item ${textOf(args[0])}`);
        return selected;
      }
      case 'Fn::Split': {
        const text = this.#text(args[1]);
        // What is not made yet has parts that nobody knows.
        return /^<[\w.]+>$/.test(text)
          ? Array.from({ length: 8 }, (_, index) => text.replace('>', `/${index}>`))
          : text.split(textOf(args[0]));
      }
      case 'Fn::Contains':
        return (args[0] as readonly Part[]).map((item) => this.#text(item)).includes(this.#text(args[1]));
      default:
        throw new Error(`the function ${name} is not known here`);
    }
  }

  #sub(argument: Part): string {
    const [text, own] = (Array.isArray(argument) ? argument : [textOf(argument), {}]) as unknown as readonly [
      string,
      Parts,
    ];
    return substitutions(text).reduce((result, name) => {
      const value =
        own[name] === undefined
          ? name.includes('.')
            ? this.#attribute(name)
            : String(this.#reference(name))
          : this.#text(own[name]);
      return result.replace(`\${${name}}`, () => value);
    }, text);
  }

  #text(part: Part | undefined): string {
    const value = this.#part(part ?? null);
    return textOf(typeof value === 'symbol' ? undefined : value);
  }

  #reference(name: string): string | number {
    const value = this.#parameters[name] ?? PSEUDO_PARAMETERS[name];
    if (value !== undefined) return value;
    this.#mustBeMade(name);
    return `<${name}>`;
  }

  #attribute(name: string): string {
    this.#mustBeMade(name.slice(0, name.indexOf('.')));
    return `<${name}>`;
  }

  #mustBeMade(name: string): void {
    if (!this.#isMade(name)) throw new Error(`something refers to ${name}, which is not made`);
  }
}
