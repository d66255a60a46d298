import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

/** A value of a template, with intrinsic functions in their long form (`{"Ref": "Name"}`). */
export type Part = null | boolean | number | string | readonly Part[] | { readonly [name: string]: Part };

export type Parts = Readonly<Record<string, Part>>;

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Parts;
  readonly [attribute: string]: unknown;
}

export interface Parameter {
  readonly Type: string;
  readonly Default?: string | number;
  readonly AllowedValues?: readonly (string | number)[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly Description?: string;
}

/** What must hold of the parameters together. */
export interface Rule {
  readonly Assertions: readonly { readonly Assert: Part; readonly AssertDescription: string }[];
}

export interface Template {
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Rules: Readonly<Record<string, Rule>>;
  readonly Conditions: Parts;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Description: string; readonly Value: Part }>>;
  readonly [section: string]: unknown;
}

export const TEMPLATE_FILE = new URL('../../../deploy/template.yaml', import.meta.url);

/** CloudFormation's tags, and the long form of each. */
const TAGS: Readonly<Record<string, string>> = {
  '!Ref': 'Ref',
  '!Condition': 'Condition',
  ...Object.fromEntries(
    ['GetAtt', 'Sub', 'If', 'And', 'Or', 'Not', 'Equals', 'Select', 'Split', 'Join'].map((name) => [
      `!${name}`,
      `Fn::${name}`,
    ]),
  ),
};

/** @throws Error when the text is no YAML, says a name twice, or has a tag that CloudFormation does not know. */
export function parseTemplate(text: string): Template {
  const document = parseDocument(text, { uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return plain(document.contents as Node) as unknown as Template;
}

export function readTemplate(): Template {
  return parseTemplate(readFileSync(TEMPLATE_FILE, 'utf8'));
}

function plain(node: Node): Part {
  const value = untagged(node);
  const { tag } = node;
  if (tag === undefined || tag.startsWith('tag:yaml.org,2002:')) return value;
  const name = TAGS[tag];
  if (name === undefined) throw new Error(`the template has the unknown tag ${tag}`);
  if (name !== 'Fn::GetAtt' || typeof value !== 'string') return { [name]: value };
  const dot = value.indexOf('.');
  return { [name]: [value.slice(0, dot), value.slice(dot + 1)] };
}

function untagged(node: Node): Part {
  if (isScalar(node)) return node.value as Part;
  if (isSeq<Node>(node)) return node.items.map(plain);
  if (isMap<Node, Node>(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [textOf(plain(key)), value === null ? null : plain(value)]),
    );
  throw new Error('the template has an alias, which CloudFormation does not take');
}

/** The one intrinsic function that a value is, if it is one. */
export function intrinsic(part: Part): { readonly name: string; readonly argument: Part } | undefined {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return undefined;
  const [entry, ...others] = Object.entries(part);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

export function isParts(part: Part | undefined): part is Parts {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}

/** A value that is a text, or that CloudFormation takes for one. */
export function textOf(part: Part | undefined): string {
  if (typeof part === 'string' || typeof part === 'number' || typeof part === 'boolean') return String(part);
  throw new Error(`the template has no text where one is needed: ${JSON.stringify(part)}`);
}

/** The names within `${…}` of a text for `Fn::Sub`; `${!…}` is a text of its own. */
export function substitutions(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name!.trim());
}
