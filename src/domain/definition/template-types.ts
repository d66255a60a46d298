/*
 * What is wrong with a template is said by the type that it should have: `no part <custmer>`. The compiler's message
 * then has it.
 */

/** The names of a template's parts: `'customer'` of `'CUSTOMER#<customer>'`. */
export type PartNames<Text> = Text extends `${string}<${infer Name}>${infer Rest}`
  ? Name | PartNames<Rest>
  : never;

/** A template all of whose parts are among the names, and none of them twice. */
export type Template<Text, Names, Others = never> = Text extends string
  ? [PartNames<Text>] extends [Names]
    ? [Repeated<Text> | (PartNames<Text> & Others)] extends [never]
      ? Text
      : `<${(Repeated<Text> | (PartNames<Text> & Others)) & string}> twice`
    : `no part <${Exclude<PartNames<Text>, Names> & string}>`
  : never;

type Repeated<Text> = Text extends `${string}<${infer Name}>${infer Rest}`
  ? (Name & PartNames<Rest>) | Repeated<Rest>
  : never;

/** Templates for the attributes of a key, together: no part stands in two of them. */
export type Templates<Texts, Names, Attributes> = {
  readonly [P in keyof Texts]: P extends Attributes
    ? Template<Texts[P], Names, PartsOfOthers<Texts, P>>
    : 'no attribute of the key';
};

/** Nothing where the compiler does not know the attributes by their names. */
type PartsOfOthers<Texts, P> = string extends keyof Texts ? never : PartNames<Texts[Exclude<keyof Texts, P>]>;

/** The names of all parts of a key; any name where the compiler does not know its templates. */
export type PartsOf<Key> = string extends Key[keyof Key] ? string : PartNames<Key[keyof Key]>;
