/** Lines on the terminal. */
export const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const tellFault = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
