import type { Permission } from './permissions.ts';
import { isParts, type Part, type Parts } from './template.ts';

/** One thing that a policy allows, as narrow as its statement can be split. */
export interface Grant {
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
  /** Partition keys that it is for, `*` standing for any text; undefined for all. */
  readonly leadingKeys?: string;
}

/** @throws Error for a statement that says more than can be judged here. */
export function grantsOf(policy: Part | undefined): readonly Grant[] {
  if (!isParts(policy)) throw new Error('there is no such policy');
  return listOf(policy['Statement']).flatMap((statement) => grantsOfStatement(statement as Parts));
}

/** Whether a grant covers a permission, where a table or a queue has this ARN. */
export function covers(grant: Grant, permission: Permission, arn: string): boolean {
  return (
    grant.action === permission.action &&
    grant.resource === arn &&
    (grant.leadingKeys === undefined ||
      (permission.leadingKey !== undefined && isLike(permission.leadingKey, grant.leadingKeys)))
  );
}

function grantsOfStatement(statement: Parts): readonly Grant[] {
  const { Sid, Effect, Action, Resource, Condition, ...others } = statement;
  if (Effect !== 'Allow' || Object.keys(others).length > 0)
    throw new Error(`a statement that cannot be judged here: ${JSON.stringify(statement)}`);
  const patterns = leadingKeysOf(Condition);
  return listOf(Action).flatMap((action) =>
    listOf(Resource).flatMap((resource) =>
      patterns.map((leadingKeys) => ({
        sid: text(Sid),
        action: text(action),
        resource: text(resource),
        ...(leadingKeys === undefined ? {} : { leadingKeys }),
      })),
    ),
  );
}

function leadingKeysOf(condition: Part | undefined): readonly (string | undefined)[] {
  if (condition === undefined) return [undefined];
  const keys = isParts(condition) ? condition['ForAllValues:StringLike'] : undefined;
  if (!isParts(condition) || !isParts(keys) || Object.keys({ ...condition, ...keys }).length !== 2)
    throw new Error(`a condition that cannot be judged here: ${JSON.stringify(condition)}`);
  return listOf(keys['dynamodb:LeadingKeys']).map(text);
}

function isLike(value: string, pattern: string): boolean {
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${expression}$`, 's').test(value);
}

function listOf(part: Part | undefined): readonly Part[] {
  if (part === undefined) throw new Error('a statement lacks its action or its resource');
  return Array.isArray(part) ? (part as readonly Part[]) : [part];
}

function text(part: Part | undefined): string {
  if (typeof part === 'string') return part;
  throw new Error(`a statement has no text where one is needed: ${JSON.stringify(part)}`);
}
