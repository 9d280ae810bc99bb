/** The « s » of several, after their number: « 1 message », « 2 messages ». In French, none is one. */
export const s = (n: number): string => (n > 1 ? "s" : "");
