/**
 * ElectroDB checks each entity's definition against a JSON schema when it is made. The definitions are constants,
 * which every test that loads them unbundled has checked.
 */
export class Validator {
  addSchema(): void {}

  validate(): { readonly errors: readonly never[] } {
    return { errors: [] };
  }
}

Object.assign(Validator.prototype, { customFormats: {} });
