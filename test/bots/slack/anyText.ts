import fc from "fast-check";

/** What a hostile or careless person may type: half characters, marks upon marks, other directions, controls. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc
    .array(
      fc.constantFrom("👩‍👩‍👧‍👦", "é", "🇫🇷", "\u202e", "\ud83d", "\0", "<!channel>", "&amp;", "\n", "a\u0301".repeat(40), "`"),
      { maxLength: 200 },
    )
    .map((parts) => parts.join("")),
);
