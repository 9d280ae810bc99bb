// Loaded before the program (`node --import`): the program waits here, its modules read, until it is told to begin. A process
// that replaces one that was killed is then there at once.
const program = process.argv[1];
await import(new URL("runtime.js", new URL(`file://${program}`)).href);
await new Promise((resolve) => process.once("message", resolve));
// Its test's end is its own.
process.disconnect();
