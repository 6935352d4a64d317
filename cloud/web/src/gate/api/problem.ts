/** What the guard's API says when it refuses: problem+json (RFC 9457) with a machine code, errors by field, and what helps. */

import type { components } from "./gate-schema";

export type ProblemBody = components["schemas"]["Problem"];
export type Decided = components["schemas"]["Decided"];

/** The server refused, or (`code` NETWORK) no answer came at all. */
export class Problem extends Error {
  static readonly NETWORK = "network";

  readonly status: number;
  readonly code: string;
  /** What the title leaves open: the blacklist's reason, say. */
  readonly detail: string;
  readonly fields: readonly { field: string; message: string }[];
  /** Tries that are left. */
  readonly left: number | null;
  /** When to try again. */
  readonly until: Date | null;
  /** Another guard's decision. */
  readonly decided: Decided | null;

  constructor(body: Pick<ProblemBody, "title" | "status" | "code"> & Partial<ProblemBody>) {
    super(body.title || body.detail);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail ?? "";
    this.fields = body.errors ?? [];
    this.left = body.left ?? null;
    this.until = body.until ? new Date(body.until) : null;
    this.decided = body.decided ?? null;
  }

  static network(cause: unknown): Problem {
    const problem = new Problem({ title: "", status: 0, code: Problem.NETWORK });
    problem.cause = cause;
    return problem;
  }

  /** The same again may succeed: the server, or the way to it, is away. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}

/** A refusal's body as a Problem, whatever stood between the server and the browser. */
export function problemFrom(status: number, body: unknown): Problem {
  return isProblemBody(body) ? new Problem({ ...body, status }) : new Problem({ title: "", status, code: `http_${status}` });
}
