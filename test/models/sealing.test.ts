import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { bytesOf, createSealer, SealFault } from "../../models/sealing.ts";
import { PermanentError } from "../../src/errors.ts";
import { keyNumber, SEALER, SEARCH_KEY } from "./store.ts";

test("what is sealed opens in its own place and in no other", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ minLength: 1 }), (value, place) => {
      const sealed = SEALER.seal(value, place);
      expect(SEALER.open(sealed, place)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(() => SEALER.open(sealed, `${place}/`)).toThrow(SealFault);
    }),
  );
});

test("any change of any byte is refused", () => {
  const sealed = SEALER.seal("Nomusager", "d1/e1");
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => SEALER.open(changed, "d1/e1")).toThrow(/do not open|no key/);
  }
  for (const length of [0, 1, 5, sealed.length - 1])
    expect(() => SEALER.open(sealed.subarray(0, length), "d1/e1")).toThrow(/do not open|no key/);
});

test("nothing of the value is in what is stored, and twice the same value is not twice the same bytes", () => {
  const [a, b] = [SEALER.seal("Nomusager", "d1/e1"), SEALER.seal("Nomusager", "d1/e1")];
  expect(a.includes("Nomusager")).toBe(false);
  expect(a.equals(b)).toBe(false);
});

test("keys are renewed: the first one seals, all of them open, one taken away is asked for by its name", () => {
  const old = SEALER.seal("ancien", "p");
  const both = createSealer([keyNumber(2), keyNumber(1)], SEARCH_KEY);
  expect(both.open(old, "p")).toBe("ancien");
  const fresh = both.seal("nouveau", "p");
  expect(() => SEALER.open(fresh, "p")).toThrow("no key « cle-2 »");
  const alone = createSealer([keyNumber(2)], SEARCH_KEY);
  expect(alone.open(fresh, "p")).toBe("nouveau");
  expect(() => alone.open(old, "p")).toThrow("no key « cle-1 »");
  // The same name with other bytes is not the same key.
  expect(() => createSealer([{ id: "cle-1", key: randomBytes(32) }], SEARCH_KEY).open(old, "p")).toThrow("do not open");
});

test("a fingerprint finds equal values, outlives the other keys, and depends on its own", () => {
  expect(SEALER.fingerprint("usager/dupont")).toBe(createSealer([keyNumber(2)], SEARCH_KEY).fingerprint("usager/dupont"));
  expect(SEALER.fingerprint("usager/dupont")).not.toBe(SEALER.fingerprint("usager/dupond"));
  expect(SEALER.fingerprint("x")).not.toBe(createSealer([keyNumber(1)], randomBytes(32)).fingerprint("x"));
  expect(SEALER.fingerprint("x")).toMatch(/^[\w-]{22}$/);
});

test("the driver's Binary is read as the bytes that it holds", () => {
  expect(bytesOf({ buffer: new Uint8Array([1, 2, 3]) })).toEqual(Buffer.from([1, 2, 3]));
});

test.each([
  ["none", []],
  ["too short", [{ id: "a", key: Buffer.alloc(16) }]],
  ["empty", [{ id: "a", key: Buffer.alloc(0) }]],
  ["without a name", [{ id: "", key: Buffer.alloc(32) }]],
  ["with too long a name", [{ id: "x".repeat(33), key: Buffer.alloc(32) }]],
])("keys are refused: %s", (_, keys) => {
  expect(() => createSealer(keys, SEARCH_KEY)).toThrow(PermanentError);
  expect(() => createSealer([keyNumber(1)], Buffer.alloc(31))).toThrow(PermanentError);
});
