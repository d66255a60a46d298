import type { Backend } from './backends/backend.ts';
import { type Contract, describeContract, type Implementations } from './contract.ts';
import { derivedListing } from './derived-listing/contract.ts';
import { derivedRowRepository } from './derived-row-repository/contract.ts';
import * as derivedState from './derived-state.ts';
import { effectLog } from './effect-log/contract.ts';
import * as givenUp from './given-up.ts';
import { imageRepository } from './image-repository/contract.ts';
import { matcherRepository } from './matcher-repository/contract.ts';
import * as metrics from './metrics.ts';
import * as notes from './notes.ts';
import * as parkedItems from './parked-items.ts';
import * as quarantine from './quarantine.ts';
import * as searchActionSource from './search-action-source.ts';
import * as searchBacklog from './search-backlog.ts';
import * as searchFences from './search-fences.ts';
import { searchIndex } from './search-index/contract.ts';
import * as searchQueue from './search-queue.ts';
import * as shardStates from './shard-states.ts';
import * as sourceRows from './source-rows.ts';
import * as streamSource from './stream-source.ts';
import * as tableGenerations from './table-generations.ts';
import { tableReplica } from './table-replica/contract.ts';
import * as tableScan from './table-scan.ts';

type ContractOf<I> = I extends Implementations<infer H, infer C> ? Contract<H, C> : never;

/** What each port promises. A port that a backend must have and that is not named here does not compile. */
const CONTRACTS: { readonly [Port in keyof Backend]: ContractOf<Backend[Port]> } = {
  imageRepository,
  matcherRepository,
  derivedRowRepository,
  derivedListing,
  effectLog,
  searchQueue: { send: searchQueue },
  searchActionSource: { 'receive, acknowledge, giveBack, extend, refuse': searchActionSource },
  searchBacklog: { waiting: searchBacklog },
  searchFences: { 'load, advance': searchFences },
  sourceRows: { read: sourceRows },
  searchIndex,
  shardStates: { 'load, add, claim, renew, release, advance, forget, gaps': shardStates },
  streamSource: { 'list, iterator, records': streamSource },
  tableGenerations: { 'generationOf, adopt': tableGenerations },
  tableReplica,
  tableScan: { 'page, size': tableScan },
  notes: { 'load, save, remove': notes },
  parkedItems: { 'look, save, page; load, discard': parkedItems },
  derivedState: { read: derivedState },
  quarantine: { keep: quarantine },
  givenUpMessages: { 'receive, acknowledge, close': givenUp },
  metrics: { 'add, request, flush': metrics },
};

/** Defines the contract tests of every port of a backend. */
export function describeBackend(backend: Backend): void {
  for (const port of Object.keys(CONTRACTS) as (keyof Backend)[]) describePort(port, backend);
}

function describePort(port: keyof Backend, backend: Backend): void {
  const words = port.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  describeContract(words, CONTRACTS[port] as Contract<unknown>, backend[port] as Implementations<unknown>);
}
