import { cleanText } from "../../src/domain/cleaning.ts";

const cleaned = (text: string) => {
  const result = cleanText(text, 20);
  return result.ok ? result.value : result.reason;
};

test.each([
  ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
  ["a  \n\n\n\n  b", "a\n\n  b"],
  ["\n a\n", "a"],
  ["\u202ea\u2069", "a"],
  ["a\u0000", "controlCharacters"],
  ["a\u0008b", "controlCharacters"],
  ["\udc00", "controlCharacters"],
  ["😀".repeat(20), "😀".repeat(20)],
  ["😀".repeat(21), "tooLong"],
  ["\n\n", ""],
])("%j becomes %j", (text, expected) => expect(cleaned(text)).toBe(expected));
