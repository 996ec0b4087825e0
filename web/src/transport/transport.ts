import type { ShellAnswers, ShellError, ShellErrorKind, ShellEvent, ShellRequest } from "../generated/shell";

/** Names of the operations that the shell answers. */
export type Operation = ShellRequest["op"];

/** The request of one operation. */
export type RequestOf<Op extends Operation> = Extract<ShellRequest, { op: Op }>;

/**
 * The page's only way to the program behind it. One implementation speaks to Tauri, one plays the program for development and tests.
 */
export interface Transport {
  /**
   * Sends one request and resolves with its answer.
   *
   * @throws ShellFailure when the shell refuses or fails.
   */
  request<Op extends Operation>(request: RequestOf<Op>): Promise<ShellAnswers[Op]>;

  /** There are no apps: it is a browser's tab. */
  readonly withoutApps?: true;

  /** Calls `handler` for every event from now on; the result stops that. */
  listen(handler: (event: ShellEvent) => void): Promise<() => void>;
}

/** A refusal or failure of the shell: `kind` decides what the user reads, `detail` is English text for those who look into it. */
export class ShellFailure extends Error {
  readonly kind: ShellErrorKind;
  readonly detail: string;

  constructor(error: ShellError) {
    super(`${error.kind}: ${error.message}`);
    this.name = "ShellFailure";
    this.kind = error.kind;
    this.detail = error.message;
  }

  /** Whatever a transport threw, as a failure; what is not a `ShellError` counts as `io`. */
  static from(thrown: unknown): ShellFailure {
    if (thrown instanceof ShellFailure) return thrown;
    if (isShellError(thrown)) return new ShellFailure(thrown);
    return new ShellFailure({ kind: "io", message: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

const KINDS: Record<ShellErrorKind, true> = {
  parse: true,
  address: true,
  signature: true,
  older: true,
  future: true,
  files: true,
  limits: true,
  missing: true,
  damaged: true,
  disk: true,
  password: true,
  locked: true,
  io: true,
  notFound: true,
  invalid: true,
};

/** Whether a text from outside names a kind of error. */
export function isErrorKind(kind: unknown): kind is ShellErrorKind {
  return typeof kind === "string" && Object.hasOwn(KINDS, kind);
}

function isShellError(value: unknown): value is ShellError {
  return typeof value === "object" && value !== null && "kind" in value && isErrorKind(value.kind) && "message" in value && typeof value.message === "string";
}
