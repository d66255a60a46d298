import { MemoryDerivedListing } from '../../adapters/memory/memory-derived-listing.ts';
import {
  type ScanPage,
  type ScanRequest,
  TableScan,
  type TableSize,
} from '../../application/ports/table-scan.ts';
import { compareTexts } from '../../domain/compare-texts.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import { inSeveralRequests } from '../faults/requests.ts';
import { chanceOf, hashOf } from '../world/chance.ts';
import type { Instance } from '../world/instance.ts';
import { keyOfRow } from '../world/item.ts';
import type { World } from '../world/world.ts';
import type { CommandPorts } from './command-ports.ts';
import { RelabelledListing } from './relabelled-listing.ts';

/** What commands call, where it takes effect. */
export function storedWorld(
  world: World,
  instance: Instance,
  { givenUp, notes }: Pick<CommandPorts, 'givenUp' | 'notes'>,
): CommandPorts {
  const { scheduler, settings, table, definition } = world;
  return {
    worker: inSeveralRequests(world.stores, {
      ...{ scheduler, instance, table, reads: world.variant.reads },
      random: chanceOf(settings.seed, 'requests', instance.name),
      gapMs: settings.gapMs,
      perRequest: settings.perRequest,
      overtaken: (entity) => {
        world.ledger.inLine(entity, scheduler.now);
      },
    }),
    scan: new WorldScan(world),
    listing: new RelabelledListing(
      new MemoryDerivedListing(definition.model.keys, table, world.matcher, world.derived),
      definition.model,
    ),
    sourceRows: { read: async (keys) => keys.map((key) => world.rowAt(key)) },
    index: world.engine,
    fences: world.fences,
    notes,
    backlog: { waiting: async () => world.queue.size },
    givenUp,
  };
}

interface FoundRow {
  readonly name: string;
  readonly key: ItemKey;
  readonly attributes: Attributes;
}

/** Rows of the table, those that the worker has written among them; of a backend that keeps rows itself, what it has. */
class WorldScan extends TableScan {
  readonly #world: World;

  constructor(world: World) {
    super();
    this.#world = world;
  }

  override async page({ segment, segments, from, limit }: ScanRequest): Promise<ScanPage> {
    const left = [...this.#rows()]
      .filter(
        ({ name }) => Math.abs(hashOf(name)) % segments === segment && (from === undefined || name > from),
      )
      .toSorted((a, b) => compareTexts(a.name, b.name));
    const rows = left.slice(0, limit);
    return { rows, next: left.length > limit ? rows.at(-1)?.name : undefined, readUnits: rows.length };
  }

  override async size(): Promise<TableSize> {
    const rows = [...this.#rows()].length;
    return { rows, scanUnits: rows, readUnitsPerSecond: undefined };
  }

  *#rows(): Generator<FoundRow> {
    const { definition } = this.#world;
    for (const attributes of this.#world.tableRows()) {
      const key = keyOfRow(attributes, definition.model.keys);
      yield { name: itemKey(key), key, attributes };
    }
  }
}
