/**
 * A failure the user can do something about. It is printed without a stack trace, as
 * what failed, the end of the output, where the whole output is, and what to do next.
 */
export class ToolError extends Error {
  /**
   * @param {string} message what failed, one sentence
   * @param {{ output?: string, log?: string, advice?: string }} [more]
   *   `output`: text to show; `log`: path of the whole log; `advice`: what to do next
   */
  constructor(message, more = {}) {
    super(message);
    this.name = "ToolError";
    this.output = more.output ?? "";
    this.log = more.log ?? "";
    this.advice = more.advice ?? "";
  }

  /** The failure as text for a terminal. */
  report() {
    const parts = [];
    if (this.output) parts.push(indent(this.output));
    parts.push(`✗ ${this.message}`);
    if (this.log) parts.push(`  Whole log: ${this.log}`);
    if (this.advice) parts.push(indent(this.advice));
    return parts.join("\n");
  }
}

/** Wrong usage of a command: exit status 2. */
export class UsageError extends ToolError {}

function indent(text) {
  return text.replace(/\s+$/, "").split("\n").map((line) => (line ? `  ${line}` : line)).join("\n");
}
