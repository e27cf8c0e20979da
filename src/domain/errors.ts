/** What a failure is about; the CLI's exit code follows from it alone. */
export type ErrorCategory = 'usage' | 'model' | 'input' | 'resource' | 'internal' | 'cancelled';

interface ErrorTraits {
  readonly category: ErrorCategory;
  readonly retryable: boolean;
}

const traits = (category: ErrorCategory, retryable = false): ErrorTraits => ({ category, retryable });

/** Every code a {@link VoiceLinguaError} can carry. Codes are stable: new ones may come, none is renamed. */
export const ERROR_TRAITS = {
  INVALID_ARGUMENT: traits('usage'),
  UNKNOWN_OPTION: traits('usage'),
  UNSUPPORTED_LANGUAGE: traits('usage'),
  TASK_NOT_FOUND: traits('usage'),
  TASK_NOT_COMPLETED: traits('usage'),
  TASK_STATE: traits('usage'),
  TEXT_ID_NOT_FOUND: traits('usage'),
  TRANSLATION_NOT_FOUND: traits('usage'),
  MODEL_NOT_FOUND: traits('model'),
  MODEL_INVALID: traits('model'),
  MODEL_UNSUPPORTED: traits('model'),
  INPUT_NOT_FOUND: traits('input'),
  INPUT_PERMISSION: traits('input'),
  INPUT_IS_DIRECTORY: traits('input'),
  INPUT_NOT_REGULAR: traits('input'),
  INPUT_EMPTY: traits('input'),
  INPUT_CORRUPT: traits('input'),
  INPUT_TOO_LARGE: traits('input'),
  INPUT_UNSUPPORTED_FORMAT: traits('input'),
  INPUT_UNSUPPORTED_CODEC: traits('input'),
  INPUT_NO_AUDIO: traits('input'),
  INPUT_READ_FAILED: traits('input', true),
  OUTPUT_UNWRITABLE: traits('resource'),
  /** A disk is full where something is to be written. */
  DISK_FULL: traits('resource', true),
  OUT_OF_MEMORY: traits('resource', true),
  /** Memory is so short that no new work is taken. */
  OVERLOADED: traits('resource', true),
  DEVICE_UNAVAILABLE: traits('resource'),
  NATIVE_LOAD_FAILED: traits('internal'),
  ENGINE_FAILED: traits('internal', true),
  ENGINE_CRASHED: traits('internal', true),
  STORE_UNREADABLE: traits('internal'),
  STORE_CORRUPT: traits('internal'),
  STORE_NEWER: traits('internal'),
  STORE_BUSY: traits('internal', true),
  STORE_UNWRITABLE: traits('resource', true),
  LEASE_LOST: traits('internal', true),
  /** A task took longer than its limit; the same work would again. */
  DEADLINE_EXCEEDED: traits('internal'),
  /** The engine host died of the task as often as it may. */
  TASK_QUARANTINED: traits('internal'),
  /** The glossary that a task names is not in its store. */
  GLOSSARY_NOT_FOUND: traits('input'),
  /** A translation provider has no key, or does not take the one it has. */
  PROVIDER_AUTH: traits('usage'),
  /** A translation provider will not translate this text. */
  PROVIDER_REFUSED: traits('input'),
  /** A translation provider's rate or quota is used up. */
  PROVIDER_LIMIT: traits('resource', true),
  /** A translation provider cannot be reached, fails, or answers what is no translation. */
  PROVIDER_FAILED: traits('resource', true),
  /** The next request could cost more than is left of what the caller allowed. */
  BUDGET_EXCEEDED: traits('resource'),
  CANCELLED: traits('cancelled'),
  CLOSED: traits('usage'),
  INTERNAL: traits('internal'),
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof ERROR_TRAITS;

export interface ErrorDetails {
  readonly cause?: unknown;
  /** Overrides the code's own default. */
  readonly retryable?: boolean;
  /** Machine-readable facts about the failure (path, option name, offset …). */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error class of the library. `message` names the thing that failed and the way out;
 * `code` is stable; `retryable` says whether the same call may succeed later.
 */
export class VoiceLinguaError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? ERROR_TRAITS[code].retryable;
    this.details = options.details ?? {};
    Object.defineProperty(this, 'name', { value: 'VoiceLinguaError', enumerable: false });
  }

  get category(): ErrorCategory {
    return ERROR_TRAITS[this.code].category;
  }

  toJSON(): SerializedError {
    return { code: this.code, message: this.message, retryable: this.retryable, details: { ...this.details } };
  }
}

/** Plain form of an error, for the store, for messages between threads and for `--json`. */
export interface SerializedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_TRAITS, value);
}

/** Any thrown value as a {@link VoiceLinguaError}; foreign errors become `INTERNAL` with the original as cause. */
export function toVoiceLinguaError(thrown: unknown): VoiceLinguaError {
  if (thrown instanceof VoiceLinguaError) return thrown;
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && isErrorCode(thrown.code)) {
    const plain = thrown as Partial<SerializedError>;
    return new VoiceLinguaError(thrown.code, plain.message ?? String(thrown.code), {
      ...(plain.retryable === undefined ? {} : { retryable: plain.retryable }),
      ...(plain.details === undefined ? {} : { details: plain.details }),
    });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new VoiceLinguaError('INTERNAL', message, { cause: thrown });
}
