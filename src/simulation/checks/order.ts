import type { Entity } from '../../domain/pointer.ts';
import type { PortCall } from '../world/ports.ts';
import { stateKey } from '../world/state-key.ts';
import { type Entry, nameOf } from '../world/entry.ts';
import type { Invocation } from '../world/instance.ts';
import { entityName, nameOfEntity } from '../world/entity-name.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Asked } from '../world/subject.ts';
import { isPoison, spoilOf } from './spoiled.ts';
import type { Report } from './violation.ts';

interface CallParts {
  readonly invocation: Invocation;
  readonly call: PortCall;
  readonly ledger: Ledger;
  readonly askedBy: (entry: Entry) => Asked;
  /** Names the call. */
  readonly what: string;
  readonly report: Report;
}

/** No call may carry what stands behind poison of its item. */
export function checkOrder({ invocation, call, ledger, askedBy, what, report }: CallParts): void {
  const blocked = blockedEntries(invocation, ledger);
  if (blocked.size === 0) return;
  const find = (test: (entry: Entry) => boolean) => invocation.entries.find(test);
  const blockedWith = (sequence: string, test: (entry: Entry) => boolean = () => true) =>
    find((entry) => String(entry.position.sequence) === sequence && blocked.has(entry) && test(entry));
  const ofEntity = (entity: Entity) => {
    const name = nameOfEntity(entity);
    const isOf = (entry: Entry) => askedBy(entry).entities.some((one) => entityName(one) === name);
    // Where an attribute tells kinds apart, a row of the partition may have been one of the entity's.
    const partition = entity.model.partition.render(entity.parts);
    const mayBeOf = (entry: Entry) => entry.item?.isRecognised === true && entry.at.partition === partition;
    const isExcused = (entry: Entry) => isOf(entry) || (entity.model.when !== undefined && mayBeOf(entry));
    return find((entry) => isExcused(entry) && !blocked.has(entry)) ? undefined : find(isOf);
  };
  const offenders = (): (Entry | undefined)[] => {
    switch (call.port) {
      case 'queue.send':
        return call.entries.map(({ identity }) => blockedWith(identity.sequence));
      case 'replica.apply':
        return call.entries.flat().map(({ identity }) => blockedWith(identity.sequence));
      case 'matcher.apply':
        return call.entries.map(({ source, to }) =>
          blockedWith(to.version.sequence, (entry) => askedBy(entry).counted.includes(stateKey(source))),
        );
      case 'rows.apply':
        return call.entries.map(({ source, to }) =>
          blockedWith(to.version.sequence, (entry) => askedBy(entry).derived.includes(stateKey(source))),
        );
      case 'images.load':
        return call.entries.map(ofEntity);
      case 'images.save':
        return call.entries.map(({ view }) => ofEntity(view.entity));
      default:
        return [];
    }
  };
  const offender = offenders().find((entry) => entry !== undefined);
  if (offender !== undefined)
    report('nothing of an item is done behind its poison', `${what} for ${nameOf(offender)}`);
}

/** Records that stand behind one of their item that cannot be handled and is not in quarantine; and those themselves. */
function blockedEntries(invocation: Invocation, ledger: Ledger): ReadonlySet<Entry> {
  const blocked = new Set<Entry>();
  const items = new Set<string>();
  for (const entry of invocation.entries) {
    if (isPoison(entry, invocation) && !ledger.isQuarantined(entry)) {
      blocked.add(entry);
      if (spoilOf(entry, invocation)?.hidesItem !== true) items.add(entry.key);
    } else if (items.has(entry.key)) blocked.add(entry);
  }
  return blocked;
}
