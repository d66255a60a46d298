/** Exit status of every command when something failed or drifted; 0 when all is done. */
export const FAILED = 1;
/** Wrong usage or configuration. */
export const WRONG_USAGE = 2;
/** Nothing differs as far as that could be told, and not all could be. */
export const UNTOLD = 2;
