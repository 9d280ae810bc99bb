/**
 * How much is tried, and with which choices: `RUNS=2000 npm run fuzz`, `SEED=42 npm run fuzz`. In the tests as they run everywhere,
 * little, and always the same.
 */
import type fc from "fast-check";

const FEW = 12;
const ALWAYS = 20_261_125;

/** @param weight how many times the usual number: cheap properties are tried more often */
export const runs = (weight = 1): fc.Parameters<unknown> => ({
  seed: Number(process.env.SEED ?? ALWAYS),
  numRuns: Math.ceil(Number(process.env.RUNS ?? FEW) * weight),
  // What fails is told as it came: each run leaves its trace in a program that lives on.
  endOnFailure: true,
});
