import { createRequire } from "node:module";
import { jest } from "@jest/globals";

// The SDK's native crypto is downloaded when it is installed, and importing the SDK throws where it was not. No test here encrypts.
jest.mock("@matrix-org/matrix-sdk-crypto-nodejs", () => ({}));

/** The real matrix-bot-sdk. */
export const sdk = createRequire(import.meta.url)("matrix-bot-sdk") as typeof import("matrix-bot-sdk");

sdk.LogService.setLogger({ trace() {}, debug() {}, info() {}, warn() {}, error() {} });
