/**
 * Adds up jest's JSON reports into one closing line; fails when a test failed or none ran. Of a report `X.json` beside which there is
 * `X-again.json`, what failed is taken from the second try of those files, and said to be flaky where it then passed.
 *
 * `ci-summary.mjs --failed X.json` only prints the files of which something failed; nothing when they are too many for a fluke.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

const MOST_TRIED_AGAIN = 4;

const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const failedIn = (report) => report.testResults.filter(({ status }) => status === "failed").map(({ name }) => name);
const again = (file) => file.replace(/\.json$/, "-again.json");

function summarise(files) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const count = (suites) => {
    for (const { assertionResults, status } of suites) {
      // A suite that could not even run has no test to count.
      if (assertionResults.length === 0 && status === "failed") totals.failed += 1;
      for (const test of assertionResults) {
        if (test.status === "passed") totals.passed += 1;
        else if (test.status === "failed") totals.failed += 1;
        else totals.skipped += 1;
        if (test.status === "pending") console.log(`SKIPPED: ${test.fullName}`);
      }
    }
  };
  for (const file of files) {
    const report = read(file);
    const failed = new Set(failedIn(report));
    if (failed.size === 0 || !existsSync(again(file))) count(report.testResults);
    else {
      count(report.testResults.filter(({ name }) => !failed.has(name)));
      count(read(again(file)).testResults);
      for (const { name, assertionResults } of report.testResults)
        if (failed.has(name))
          for (const { status, fullName } of assertionResults)
            if (status === "failed") console.log(`FLAKY, or failed twice: ${relative("", name)}: ${fullName}`);
    }
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--failed") {
  const failed = failedIn(read(rest[0]));
  if (failed.length <= MOST_TRIED_AGAIN) console.log(failed.map((name) => relative("", name)).join(" "));
} else process.exit(summarise([first, ...rest]));
