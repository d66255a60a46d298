import { MemoryTableGenerations } from '../../../src/adapters/memory/memory-table-generations.ts';
import { tableGenerationsContract } from '../../contracts/table-generations.contract.ts';

tableGenerationsContract(
  'the memory table generations',
  () => {
    const generations = new MemoryTableGenerations();
    return Promise.resolve(() => generations);
  },
  { unnamed: 'yes' },
);
