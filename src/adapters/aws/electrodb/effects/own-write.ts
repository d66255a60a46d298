import { Fault } from '../../../../domain/fault.ts';
import type { EffectMove } from '../../../../domain/effect.ts';
import { OWN_ITEMS, ownItemsOf } from '../../../../domain/own-items.ts';
import { describeRow } from '../../../../domain/row-view.ts';
import { reasonFault } from '../cancelled.ts';
import type { Reason, TransactItem } from '../write-transaction.ts';

/** The items that an effect handed in with `once`; a Fault `configuration` where they cannot be written. */
export function ownItems({ source: { model, row }, write }: EffectMove): readonly TransactItem[] | Fault {
  if (write === undefined) return [];
  const items = ownItemsOf(write);
  if (typeof items !== 'string') return items;
  return new Fault(
    'configuration',
    `the effect ${model.name} gave once ${items} for ${describeRow(row)}: with DynamoDB it takes ${OWN_ITEMS}`,
    { reason: `the effect ${model.name} gave once ${items}` },
  );
}

/** What items name, for telling those that would get in each other's way: a Put does not say which attributes are its key. */
export function ownKeys(items: readonly TransactItem[]): readonly string[] {
  return items.flatMap((item) => {
    const { TableName, Key } = item.Update ?? item.Delete ?? item.ConditionCheck ?? {};
    return Key === undefined ? [] : [[TableName, ...Object.values(Key).map(String)].join('\n')];
  });
}

/** The tables that items are in. */
export function tablesOf(items: readonly TransactItem[]): readonly string[] {
  return [...new Set(items.map((item) => String(namedIn(item)[1].TableName)))];
}

/**
 * Why the effect's own items kept it from being noted; undefined where they did not.
 *
 * @param reasons one per item, in their order.
 */
export function ownFault(
  move: EffectMove,
  items: readonly TransactItem[],
  reasons: readonly Reason[],
): Fault | undefined {
  for (const [index, item] of items.entries()) {
    const reason = reasons[index];
    if (reason === undefined || reason.code === 'None') continue;
    const [kind, { TableName = '', Key, ConditionExpression = '' }] = namedIn(item);
    const table = `table ${TableName}`;
    const which = `its item ${index + 1} (${kind} in ${table}${Key === undefined ? '' : ` of ${JSON.stringify(Key)}`})`;
    const fault =
      reason.code === 'ConditionalCheckFailed'
        ? new Fault(
            'transient',
            `${which} was not to be written, as its condition did not hold: ${ConditionExpression}`,
            {
              reason: `its condition did not hold in ${table}`,
            },
          )
        : reason.code === 'ValidationError'
          ? new Fault('configuration', `${which} was refused: ${reason.message ?? reason.code}`, {
              reason: `it was refused by ${table}`,
            })
          : reasonFault(reason, { resource: table, variable: `the TableName of its item ${index + 1}` });
    if (fault !== undefined) return faultOfEffect(move, fault);
  }
  return undefined;
}

interface Named {
  readonly TableName?: string;
  readonly Key?: unknown;
  readonly ConditionExpression?: string;
}

/** An item's kind, and what it says. */
function namedIn(item: TransactItem): readonly [kind: string, Named] {
  return (
    (Object.entries(item).find(([, value]) => value !== undefined) as [string, Named] | undefined) ?? ['', {}]
  );
}

/** Never `permanent`: it is what the code wrote that is refused, and not the row. */
export function faultOfEffect({ source: { model, row } }: EffectMove, fault: Fault): Fault {
  const subject = `the write of the effect ${model.name}`;
  return new Fault(fault.kind, `${subject} for ${describeRow(row)}: ${fault.message}`, {
    cause: fault.cause,
    reason: `${subject}: ${fault.reason}`,
  });
}
