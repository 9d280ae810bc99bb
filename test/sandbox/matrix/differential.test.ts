import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type MatrixSandbox, startMatrixSandbox } from "../../../sandbox/matrix/server.ts";
import { scripts } from "./same-calls.ts";
import { Transcript } from "./transcript.ts";

// The same calls on the sandbox and on Synapse. Where they answer differently, the sandbox is wrong.
//
// What Synapse answered is recorded, so that the sandbox is held against it everywhere; where MATRIX_TEST_HOMESERVER is set, the
// two are compared in full, and the record with it. MATRIX_RECORD=true writes the record anew from that homeserver.

const RECORD = new URL("./synapse-answers.json", import.meta.url);
const homeserver = process.env.MATRIX_TEST_HOMESERVER;
/** What accounts of this run are told apart by; of a fixed length, for it counts in the length of events. */
const run = Date.now().toString(36).padStart(9, "0");
let sandbox: MatrixSandbox;
let recorded: Record<string, Record<string, string>>;

beforeAll(async () => {
  sandbox = await startMatrixSandbox({ rateLimits: false });
  recorded = JSON.parse(await readFile(RECORD, "utf8").catch(() => "{}"));
});

afterAll(async () => {
  await sandbox.close();
  if (process.env.MATRIX_RECORD === "true") await writeFile(RECORD, `${JSON.stringify(recorded, null, 2)}\n`);
});

const played = homeserver ? test : test.skip;

for (const [name, script] of Object.entries(scripts))
  played(`answers as the homeserver at MATRIX_TEST_HOMESERVER: ${name}`, async () => {
    const [ours, theirs] = [new Transcript(sandbox.url, run), new Transcript(String(homeserver), run)];
    await script(theirs);
    await script(ours);
    expect(Object.keys(ours.lines)).toEqual(Object.keys(theirs.lines));
    for (const label of Object.keys(theirs.lines))
      expect({ [label]: ours.lines[label] }).toEqual({ [label]: theirs.lines[label] });
    if (process.env.MATRIX_RECORD === "true") recorded[name] = theirs.digests();
    expect(theirs.digests()).toEqual(recorded[name]);
  });

for (const [name, script] of Object.entries(scripts))
  test(`answers as Synapse was recorded to: ${name}`, async () => {
    const transcript = new Transcript(sandbox.url, run.replace(/^./, "s"));
    await script(transcript);
    expect(transcript.digests()).toEqual(recorded[name]);
  });
