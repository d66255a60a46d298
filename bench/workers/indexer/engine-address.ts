/** Where the search engine is. */
export interface EngineAddress {
  readonly url: string;
  readonly apiKey: string;
}
