/** The same document made by two processes at once: one of them finds it there. */
import mongoose from "mongoose";

export const isDuplicateKey = (error: unknown): boolean =>
  // Servers that are not MongoDB’s own may give a code of theirs when two processes insert at the same instant.
  error instanceof mongoose.mongo.MongoServerError && (error.code === 11_000 || /duplicate key/i.test(error.message));
