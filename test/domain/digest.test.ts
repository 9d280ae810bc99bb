/** The moment of the weekly digest, in each territoire's own time and holidays. */
import { digestDue, digestOf, nextDigestAt } from "../../src/domain/digest.ts";

const at = (text: string) => new Date(text);

test.each([
  // An ordinary Monday, in winter and in summer.
  ["01", "2026-11-23", "2026-11-23T08:00:00Z"],
  ["01", "2026-06-15", "2026-06-15T07:00:00Z"],
  // La Réunion, four hours ahead of UTC all year.
  ["974", "2026-11-23", "2026-11-23T05:00:00Z"],
  // Easter Monday; Whit Monday; a Monday 25 May is none.
  ["01", "2026-04-06", "2026-04-07T07:00:00Z"],
  ["01", "2026-05-25", "2026-05-26T07:00:00Z"],
  // 26 December is a holiday in Alsace: Monday 26 December 2022.
  ["67", "2022-12-26", "2022-12-27T08:00:00Z"],
  ["69", "2022-12-26", "2022-12-26T08:00:00Z"],
  // The abolition of slavery, a Monday in La Réunion in 2027.
  ["974", "2027-12-20", "2027-12-21T05:00:00Z"],
  // The Pacific: still Sunday in Paris.
  ["988", "2026-11-23", "2026-11-22T22:00:00Z"],
])("in %s, the week of %s is told at %s", (code, week, moment) => {
  expect(digestOf(week, code).at).toEqual(at(moment));
  const before = new Date(at(moment).getTime() - 1);
  expect(digestDue(before, code)).toBeNull();
  expect(nextDigestAt(before, code)).toEqual(at(moment));
  expect(digestDue(at(moment), code)).toMatchObject({ week });
  const end = digestOf(week, code).until;
  expect(digestDue(new Date(end.getTime() - 1), code)).toMatchObject({ week });
  expect(digestDue(end, code)).toBeNull();
});

test("who was unreachable is told until 18:00 of the next day", () => {
  expect(digestOf("2026-11-23", "01").until).toEqual(at("2026-11-24T17:00:00Z"));
  expect(digestOf("2026-04-06", "01").until).toEqual(at("2026-04-08T16:00:00Z"));
});

test("after it, the next is that of the week after", () => {
  expect(nextDigestAt(at("2026-11-23T08:00:00Z"), "01")).toEqual(at("2026-11-30T08:00:00Z"));
  expect(nextDigestAt(at("2026-11-29T23:30:00Z"), "01")).toEqual(at("2026-11-30T08:00:00Z"));
});
