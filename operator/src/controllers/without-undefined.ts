/** An object without the fields that are undefined: such a field is absent, in JSON as in what is compared. */
export function withoutUndefined<T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
