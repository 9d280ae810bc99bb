// Lets a child process of a test run our TypeScript as it stands: `node --import ./register-typescript.mjs file.ts`.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { transform } from "@swc/core";

/** The load hook: TypeScript files have their types stripped. */
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const source = await readFile(fileURLToPath(url), "utf8");
  const { code } = await transform(source, {
    jsc: { target: "es2023", parser: { syntax: "typescript" } },
    module: { type: "es6" },
  });
  return { format: "module", source: code, shortCircuit: true };
}

if (!process.env.TYPESCRIPT_LOADER) {
  process.env.TYPESCRIPT_LOADER = "registered";
  register(import.meta.url);
}
