/** MongoDB's error codes that this server answers, by their code name. */
const CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  InvalidLength: 16,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  NotImplemented: 238,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Location15958: 15958,
  Location16020: 16020,
  Location28667: 28667,
  Location28724: 28724,
  Location31249: 31249,
  Location31253: 31253,
  Location31254: 31254,
  Location40323: 40323,
  Location40324: 40324,
  Location40353: 40353,
  IDLFailedToParse: 40414,
  IDLUnknownField: 40415,
  Location51024: 51024,
  Location51246: 51246,
} as const;

export type CodeName = keyof typeof CODES;

/**
 * An error that is answered to the client as MongoDB would: `{ok: 0, code, codeName, errmsg}`, or an entry of
 * `writeErrors`. `details` are the further fields of the answer (`keyPattern`, `keyValue`…).
 */
export class MongoFailure extends Error {
  readonly code: number;
  readonly codeName: CodeName;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(codeName: CodeName, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "MongoFailure";
    this.code = CODES[codeName];
    this.codeName = codeName;
    this.details = options.details ?? {};
  }
}

/** Whatever was thrown, as an answer for the client. What is not a MongoFailure is a fault of this server: code 1. */
export function asFailure(error: unknown): MongoFailure {
  if (error instanceof MongoFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new MongoFailure("InternalError", text, { cause: error });
}
