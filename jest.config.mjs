/** The tests are ES modules in TypeScript: swc strips the types, Node.js runs the modules. */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "es6" } }],
  },
  // The Matrix library’s native cryptography is downloaded at install, which closed networks do not allow.
  moduleNameMapper: { "^@matrix-org/matrix-sdk-crypto-nodejs$": "<rootDir>/test/support/noNativeCrypto.cjs" },
  // A test that waits for a condition fails with its own words long before this; the bound only ends a hang.
  testTimeout: 300_000,
  maxWorkers: 2,
  // Agenda leaves a timer of half a lock's lifetime after each run of a job, which would hold each worker for half a minute.
  forceExit: true,
};
