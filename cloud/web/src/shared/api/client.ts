/** The one door to the server: a client typed by `docs/openapi.json`. */

import createClient, { type Middleware } from "openapi-fetch";

import { currentCompany, showsAllCompanies } from "./company";
import { Problem, problemFrom } from "./problem";
import type { paths } from "./schema";
import { learn, ownerOf } from "./whose";

const CSRF_COOKIE = "domovoy_csrf";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

/** Lists show the company one works in, unless all were asked for. */
function narrowed(request: Request, company: string): Request {
  const url = new URL(request.url);
  url.searchParams.set("company", company);
  return new Request(url, request);
}

/** The company that is written to: while all are shown, that of the things which are named. */
async function writtenTo(request: Request): Promise<string | null> {
  const isJson = request.headers.get("Content-Type")?.startsWith("application/json");
  const named = request.url + (isJson ? await request.clone().text() : "");
  return ownerOf(named) ?? currentCompany();
}

const headers: Middleware = {
  async onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
    const isWritten = !SAFE.has(request.method);
    const company = isWritten && showsAllCompanies() ? await writtenTo(request) : currentCompany();
    if (company && !request.headers.has("X-Organisation")) request.headers.set("X-Organisation", company);
    if (company && request.method === "GET" && !showsAllCompanies()) request = narrowed(request, company);
    const token = isWritten ? cookie(CSRF_COOKIE) : null;
    if (token) request.headers.set("X-CSRF-Token", token);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(headers);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body; throws Problem when the server refused or could not be reached. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let result: Answer<T>;
  try {
    result = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw Problem.network(error);
  }
  if (!result.response.ok) throw problemFrom(result.response.status, result.error);
  learn(result.data);
  return result.data as T;
}
