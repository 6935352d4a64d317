/** What the server says when it refuses: problem+json (RFC 9457) with a machine code and errors by field. */

export interface FieldProblem {
  /** Dotted, as it was sent: `vehicle.plates.0`. */
  path: string;
  code: string;
  message: string;
  data?: Record<string, unknown>;
}

export interface ProblemBody {
  title: string;
  status: number;
  code: string;
  data?: Record<string, unknown>;
  fields?: FieldProblem[];
}

/** The server's answer was a refusal, or (`code` "network") no answer came at all. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly data: Record<string, unknown>;
  readonly fields: readonly FieldProblem[];

  constructor(body: ProblemBody) {
    super(body.title);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.data = body.data ?? {};
    this.fields = body.fields ?? [];
  }

  static readonly NETWORK = "network";

  /** No answer came: the network, or the server, is away. */
  static network(cause: unknown): Problem {
    const problem = new Problem({ title: "", status: 0, code: Problem.NETWORK });
    problem.cause = cause;
    return problem;
  }

  /** The same refusal with only some of its fields. */
  about(fields: readonly FieldProblem[]): Problem {
    const { message: title, status, code, data } = this;
    return new Problem({ title, status, code, data, fields: [...fields] });
  }

  get isTemporary(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

function isProblemBody(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "title" in body;
}

/** A refusal's body as a Problem, whatever stood between the server and the browser. */
export function problemFrom(status: number, body: unknown): Problem {
  if (isProblemBody(body)) return new Problem({ ...body, status });
  return new Problem({ title: "", status, code: `http_${status}` });
}
