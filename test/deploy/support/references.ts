import {
  intrinsic,
  isParts,
  type Part,
  type Parts,
  substitutions,
  type Template,
  textOf,
} from './template.ts';

export interface Reference {
  /** Where it stands, such as `Resources.Worker.Properties.Role`. */
  readonly place: string;
  readonly kind: 'Ref' | 'Fn::GetAtt' | 'Condition';
  /** What it names: for `Fn::GetAtt` a resource and its attribute, with a dot between them. */
  readonly name: string;
}

const PSEUDO_PARAMETERS = [
  'AccountId',
  'NoValue',
  'Partition',
  'Region',
  'StackName',
  'StackId',
  'URLSuffix',
];

/** Every reference of a template, in all branches. */
export function referencesIn(template: Template): readonly Reference[] {
  const found: Reference[] = [];
  const visit = (part: Part, place: string): void => {
    const call = intrinsic(part);
    if (call !== undefined) {
      const { name, argument } = call;
      const first = Array.isArray(argument) ? (argument as readonly Part[])[0] : argument;
      if (name === 'Ref' || name === 'Condition') found.push({ place, kind: name, name: textOf(argument) });
      if (name === 'Fn::If') found.push({ place, kind: 'Condition', name: textOf(first) });
      if (name === 'Fn::GetAtt')
        found.push({ place, kind: name, name: (argument as readonly string[]).join('.') });
      if (name === 'Fn::Sub') {
        const own = Array.isArray(argument) ? ((argument as readonly Part[])[1] as Parts) : {};
        for (const used of substitutions(textOf(first)))
          if (!(used in own))
            found.push({ place, kind: used.includes('.') ? 'Fn::GetAtt' : 'Ref', name: used });
      }
    }
    if (Array.isArray(part))
      (part as readonly Part[]).forEach((item, index) => visit(item, `${place}[${index}]`));
    else if (isParts(part)) for (const [name, item] of Object.entries(part)) visit(item, `${place}.${name}`);
  };
  for (const section of ['Rules', 'Conditions', 'Resources', 'Outputs'] as const)
    visit((template[section] as unknown as Part | undefined) ?? {}, section);
  for (const [name, { Condition, DependsOn }] of Object.entries(template.Resources)) {
    const place = `Resources.${name}`;
    if (Condition !== undefined) found.push({ place, kind: 'Condition', name: Condition });
    for (const other of [DependsOn ?? []].flat()) found.push({ place, kind: 'Ref', name: other });
  }
  return found;
}

/** The references that name nothing. */
export function unresolvedIn(
  template: Template,
  hasAttribute: (type: string, attribute: string) => boolean,
): readonly Reference[] {
  const { Parameters, Resources, Conditions } = template;
  const resolves = ({ kind, name }: Reference): boolean => {
    if (kind === 'Condition') return name in Conditions;
    if (kind === 'Ref')
      return (
        name in Parameters ||
        name in Resources ||
        PSEUDO_PARAMETERS.some((pseudo) => name === `AWS::${pseudo}`)
      );
    const dot = name.indexOf('.');
    const resource = Resources[name.slice(0, dot)];
    return resource !== undefined && hasAttribute(resource.Type, name.slice(dot + 1));
  };
  // A resource's `Condition` attribute is found twice, as what it is and as what looks like a function; both must hold.
  return referencesIn(template).filter((reference) => !resolves(reference));
}

/** Resources that need each other, in a circle; undefined when they can be made one after the other. */
export function circleIn(template: Template): readonly string[] | undefined {
  const needs = new Map<string, Set<string>>();
  for (const { place, kind, name } of referencesIn(template)) {
    const [section, from = ''] = place.split('.');
    const to = name.split('.')[0]!;
    if (section !== 'Resources' || kind === 'Condition' || !(to in template.Resources)) continue;
    needs.set(from, (needs.get(from) ?? new Set()).add(to));
  }
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of needs.get(name) ?? []) {
      const circle = visit(next, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(template.Resources)) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
