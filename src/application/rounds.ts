/** How often a use case reads, decides and writes before it gives a contended effect back to the event source. */
export const MAX_ROUNDS = 8;
