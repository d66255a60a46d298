/** What must always hold: by name, what it means, and the section of GUARANTEES.md that promises it. */
export const INVARIANTS = {
  'what is derived is what the table says': {
    meaning:
      'Documents, counts, pointers and derived rows equal a recount of the rows, whenever nothing is under way.',
    guarantee: 1,
  },
  'the replica is the table': {
    meaning: 'A backend that builds its rows from the stream has those of the table in the end.',
    guarantee: 1,
  },
  'counts are above zero': { meaning: 'A tuple that no link holds has no count.', guarantee: 1 },
  'a fence never moves back': {
    meaning:
      'The version up to which the index is known to have a document is never replaced by an older one.',
    guarantee: 1,
  },
  'a default row that is said to be written is': {
    meaning: 'A write that the store calls done has changed the default row.',
    guarantee: 1,
  },
  'a default row is written only to change it': {
    meaning: 'No write leaves a default row with the attributes that it had.',
    guarantee: 1,
  },
  'a default row repeats an image that is there when it is written': {
    meaning: 'The moment it is written, a default row has the attributes of the image that it points to.',
    guarantee: 1,
  },
  'a default is given up only when its image is gone': {
    meaning: 'A default row points to another image, or goes, only once the image it pointed to is removed.',
    guarantee: 1,
  },
  'kept rows stay': {
    meaning: 'A row of a derivation with `keep` is never removed, whatever becomes of its source.',
    guarantee: 1,
  },
  'an effect runs for what it is for': {
    meaning: 'The code of an effect is called for changes that pass its `on` and `where`, and for no others.',
    guarantee: 1,
  },
  'an effect runs for the changes of an item in their order': {
    meaning: 'No change of an item is left out, and none overtakes an earlier one, but those in quarantine.',
    guarantee: 1,
  },
  'an effect runs for one change of an item at a time': {
    meaning: 'A worker does not call the code for a change while it runs for another of the same item.',
    guarantee: 1,
  },
  'an effect is noted only once it has run': {
    meaning: 'The state of an effect never says that it has run for a change before the code has ended.',
    guarantee: 1,
  },
  'an effect that is noted to have run does not run again': {
    meaning: 'What was noted before a batch came is not done again for that batch.',
    guarantee: 1,
  },
  'what an effect hands in is written once': {
    meaning: 'What the code gives to `once` is written with the note that it has run, and never twice.',
    guarantee: 1,
  },
  'an effect may be repeated': {
    meaning:
      'Called once more for the same change, as after a crash, the code does nothing that it had not done before.',
    guarantee: 1,
  },
  'an effect succeeds in the end': {
    meaning:
      'The code of an effect does not throw whenever it is called for a change: that would block its shard.',
    guarantee: 1,
  },
  'only what is delivered again is remembered': {
    meaning: 'A worker remembers accepted actions only from the lowest failed sequence number on.',
    guarantee: 1,
  },
  'nothing of an item is done behind its failure': {
    meaning: 'Once a record has failed, no later one of its item in the batch succeeds.',
    guarantee: 2,
  },
  'nothing of an item is done behind its poison': {
    meaning: 'No call carries a change whose item has poison before it that is not in quarantine yet.',
    guarantee: 2,
  },
  'the records of an item are handled in their order, unless a gap is noted': {
    meaning: 'No reader handles a record of an item before an earlier one, in whichever shards they are.',
    guarantee: 2,
  },
  'a batch has outcomes': { meaning: 'Every invocation that ends has judged its batch.', guarantee: 3 },
  'every record has one outcome': {
    meaning: 'There are as many outcomes as the batch has records.',
    guarantee: 3,
  },
  'failures are logged': {
    meaning: 'A warning or an error names every failed record that has an item, or counts it.',
    guarantee: 3,
  },
  'outcomes are counted': { meaning: 'The metrics of a batch add up to its outcomes.', guarantee: 3 },
  'the lowest failed sequence number is reported': {
    meaning: 'Lambda is told the lowest failed sequence number, compared as an integer, and nothing else.',
    guarantee: 3,
  },
  'a failure that cannot be reported is thrown': {
    meaning: 'When a failed record has no sequence number, the whole batch is thrown back.',
    guarantee: 3,
  },
  'the handler throws only with a reason': {
    meaning: 'Only FAILURE_MODE=throw, or a failure that cannot be reported, throws a batch back.',
    guarantee: 3,
  },
  'without faults nothing fails': {
    meaning: 'In a world without faults, poison and refusals, no record of a followed table fails.',
    guarantee: 3,
  },
  'no rejection is unhandled': { meaning: 'No promise of the worker fails unseen.', guarantee: 3 },
  'what is acknowledged is done': {
    meaning: 'When the stream goes on past a record, its effects have taken place.',
    guarantee: 4,
  },
  'no record is lost': {
    meaning: 'In the end every acknowledged record was handled or is in quarantine.',
    guarantee: 4,
  },
  'the world becomes quiet': {
    meaning: 'Once faults end, every record is handled, the queue empties, and nothing goes on for ever.',
    guarantee: 4,
  },
  'only a repeat is taken for one': {
    meaning: 'A record is a duplicate only where the batch has had the same one before.',
    guarantee: 4,
  },
  'poison is not taken for handled': {
    meaning: 'No record that can never be handled counts as applied or ignored.',
    guarantee: 4,
  },
  'what is called quarantined is in quarantine': {
    meaning: 'When the stream goes on past poison, the quarantine has it.',
    guarantee: 4,
  },
  'quarantine has whole records': {
    meaning: 'What is in quarantine is a record exactly as it was delivered.',
    guarantee: 4,
  },
  'quarantine has only what can never be handled': {
    meaning: 'No record that another try, or an operator, could get through is in quarantine.',
    guarantee: 4,
  },
  'nothing goes to quarantine before what its item had before it': {
    meaning:
      'A record is kept only once the earlier ones of its item in the batch have their effects, or are kept.',
    guarantee: 4,
  },
  'a worker puts a record in quarantine once': {
    meaning: 'When its batch is delivered again, a worker does not keep a record that it has kept.',
    guarantee: 4,
  },
  'no batch is mostly poison for one reason': {
    meaning:
      'Where more of a batch than the allowed share would be poison for one reason, none of it is kept.',
    guarantee: 4,
  },
  'what was let through is not suspected again': {
    meaning: 'Poison that a worker has kept does not block the rest of its batch when that comes again.',
    guarantee: 4,
  },
  'what an operator repairs is handled in the end': {
    meaning:
      'Records in quarantine or given up by Lambda have their effects once they are repaired and redriven.',
    guarantee: 4,
  },
  'every record is handled, unless a gap is noted': {
    meaning:
      'Readers of a stream handle each of its records, or note for good that it can no longer be read.',
    guarantee: 4,
  },
  'a frontier passes no record that is not handled': {
    meaning: 'Where a reader would go on after a crash, nothing before it is missing.',
    guarantee: 4,
  },
  'a frontier never moves back': {
    meaning: 'How far a shard is noted to be handled only ever grows.',
    guarantee: 4,
  },
  'a shard is complete only when it is closed, and all of it is handled': {
    meaning: 'Nobody begins with the children of a shard that may still get records.',
    guarantee: 4,
  },
  'a gap is noted only where records are lost': {
    meaning:
      'Each gap has a cause: records or a shard that left the stream, or a stream that was switched off.',
    guarantee: 4,
  },
  'a reader goes on': {
    meaning: 'A reader ends only when it is told to, or its stream has ended.',
    guarantee: 4,
  },
  'a reader asks for nothing that there is not': {
    meaning: 'A position after a record names that record.',
    guarantee: 4,
  },
  'what fails is tried later and later': {
    meaning: 'Attempts at the same record come apart by pauses that grow, up to a bound.',
    guarantee: 7,
  },
  'a stopped reader ends in time': {
    meaning: 'A reader that is told to end has ended soon, whatever goes on.',
    guarantee: 7,
  },
  'a stopped reader leaves no lease': {
    meaning: 'A reader that ends when it is told to gives its leases back.',
    guarantee: 7,
  },
  'no batch takes longer than it may': {
    meaning: 'A worker that is neither frozen nor dead is through before its time is up.',
    guarantee: 7,
  },
  'a worker that is to stop stops': { meaning: 'After SIGTERM its batch ends at once.', guarantee: 7 },
  'nothing new starts once the time is up': {
    meaning: 'No port call begins after the time limit.',
    guarantee: 7,
  },
  'nothing goes on after its invocation': {
    meaning: 'No port call begins on behalf of an invocation that has answered.',
    guarantee: 7,
  },
  'no work outside an invocation': { meaning: 'An idle worker calls no port.', guarantee: 7 },
  'the simulation itself works': {
    meaning: 'No code of the model throws: else a seed proves nothing.',
    guarantee: 8,
  },
  'nothing of a table that is not followed is handled': {
    meaning: 'Records of a table that no operator has adopted fail, and have no effect.',
    guarantee: 9,
  },
} as const satisfies Readonly<
  Record<string, { readonly meaning: string; readonly guarantee: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 }>
>;

export type Invariant = keyof typeof INVARIANTS;
