/** A JSON object of unknown content: what a file, a hub or an API may have made of it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Neither `null` nor an array, which are of type `object` too. */
export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of an array; nothing where the value is no array. */
export const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
