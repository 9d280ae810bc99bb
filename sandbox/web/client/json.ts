/** Reads of JSON that others wrote: what is not of the expected type is taken as absent. */

export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
/** An object, or an empty one. */
export const obj = (value: unknown): Json => (isJson(value) ? value : {});
/** The objects of a list. */
export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);
export const str = (value: unknown): string => (typeof value === "string" ? value : "");
export const num = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
export const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
