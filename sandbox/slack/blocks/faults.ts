import type { z } from "zod";

/** Words one of zod's findings as Slack words them in `response_metadata.messages`, with the JSON pointer of the place. */
function describe(issue: z.core.$ZodIssue, base: string): string[] {
  const at = (path: PropertyKey[]) => `[json-pointer:${[base, ...path.map(String)].join("/")}]`;
  const parent = issue.path.slice(0, -1);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => `[ERROR] invalid additional property: ${key} ${at(issue.path)}`);
    case "too_big":
      return issue.origin === "array"
        ? [`[ERROR] no more than ${issue.maximum} items allowed ${at(issue.path)}`]
        : issue.origin === "string"
          ? [`[ERROR] must be less than ${Number(issue.maximum) + 1} characters ${at(issue.path)}`]
          : [`[ERROR] must be at most ${issue.maximum} ${at(issue.path)}`];
    case "too_small":
      return issue.origin === "array"
        ? [`[ERROR] no fewer than ${issue.minimum} items allowed ${at(issue.path)}`]
        : issue.origin === "string"
          ? [`[ERROR] must be more than ${Number(issue.minimum) - 1} characters ${at(issue.path)}`]
          : [`[ERROR] must be at least ${issue.minimum} ${at(issue.path)}`];
    case "invalid_type":
      return issue.input === undefined
        ? [`[ERROR] missing required field: ${String(issue.path.at(-1))} ${at(parent)}`]
        : [`[ERROR] must provide a${/^[aeio]/.test(issue.expected) ? "n" : ""} ${issue.expected} ${at(issue.path)}`];
    case "invalid_union":
      if (issue.input === undefined) return [`[ERROR] missing required field: ${String(issue.path.at(-1))} ${at(parent)}`];
      return issue.path.at(-1) === "type" && issue.discriminator !== undefined
        ? [`[ERROR] unsupported type: ${shortened(issue.input, "type")} ${at(issue.path)}`]
        : [`[ERROR] failed to match all allowed schemas ${at(issue.path)}`];
    case "invalid_value":
      return issue.input === undefined
        ? [`[ERROR] missing required field: ${String(issue.path.at(-1))} ${at(parent)}`]
        : [`[ERROR] value is not allowed: must be one of ${issue.values.join(", ")} ${at(issue.path)}`];
    default:
      return [`[ERROR] ${issue.message} ${at(issue.path)}`];
  }
}

function shortened(input: unknown, field: string): string {
  const value = typeof input === "object" && input !== null ? (input as Record<string, unknown>)[field] : input;
  return String(value).slice(0, 60);
}

/** All of zod's findings in Slack's words. `base` is the JSON pointer of what was checked, such as `/blocks`. */
export function slackMessages(error: z.ZodError, base: string): string[] {
  return error.issues.flatMap((issue) => describe(issue, base));
}
