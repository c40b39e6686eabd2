/** Ends a command with a sentence for the operator. Exit codes: 1 failed, 2 wrong usage or invalid config. */
export class CommandFailure extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
