/** The one door to the server, a box's or the cloud: a client typed by `docs/guard-api.json`, at the address the page came from. */

import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "./gate-schema";
import { Problem, problemFrom } from "./problem";

export type Schema = components["schemas"];

/** The cloud wants its cookie repeated with every change; a box sets none. */
const CSRF_COOKIE = "domovoy_csrf";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const TIMEOUT_MS = 15_000;

function cookie(name: string): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

const headers: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", document.documentElement.lang);
    const token = SAFE.has(request.method) ? null : cookie(CSRF_COOKIE);
    if (token) request.headers.set("X-CSRF-Token", token);
    return request;
  },
};

/** A server that does not answer is as good as none: what waits for it must be told. */
async function inTime(request: Request): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("no answer in time", "TimeoutError")), TIMEOUT_MS);
  const stop = () => late.abort(request.signal.reason);
  request.signal.addEventListener("abort", stop);
  try {
    return await fetch(new Request(request, { signal: late.signal }));
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", stop);
  }
}

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin", fetch: inTime });
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
  return result.data as T;
}

/** A picture by its path at this server. Throws Problem. */
export async function getPicture(path: string): Promise<Blob> {
  let response: Response;
  try {
    response = await inTime(new Request(path, { credentials: "same-origin" }));
  } catch (error) {
    throw Problem.network(error);
  }
  if (!response.ok) throw problemFrom(response.status, null);
  return response.blob();
}

export function sendPhoto(picture: Blob): Promise<Schema["Photo"]> {
  const sent = { body: picture as unknown as string, bodySerializer: () => picture, headers: { "Content-Type": "image/jpeg" } };
  return answer(api.POST("/gate/api/photos", sent));
}
