/** Loaded into a program beside its own code (`--import`): at each SIGUSR2 it collects what is garbage and tells what is left. */
process.on("SIGUSR2", () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  console.log(`tas ${heapUsed + external}`);
});
