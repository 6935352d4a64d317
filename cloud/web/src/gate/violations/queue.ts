/** Violations that the server does not have yet: kept by the browser, sent later under the same id. */

import { Problem } from "../api/problem";
import type { Schema } from "../api/client";

export interface Queued {
  id: string;
  /** As it is to be sent, but for the photos. */
  body: Schema["NewViolation"];
  photos: readonly Blob[];
  guard: Schema["Guard"];
  /** When it was recorded, ISO. */
  at: string;
  /** The server's words, when it did not take it: asking again helps nobody. */
  refused?: string;
}

/** Where they are kept: the browser's database, or a test's memory. */
export interface Shelf {
  all: () => Promise<readonly Queued[]>;
  put: (queued: Queued) => Promise<void>;
  drop: (id: string) => Promise<void>;
}

export interface Server {
  photo: (photo: Blob) => Promise<{ sha256: string }>;
  violation: (body: Schema["NewViolation"]) => Promise<unknown>;
}

export async function deliver(queued: Queued, server: Server): Promise<void> {
  const photos: string[] = [];
  for (const photo of queued.photos) photos.push((await server.photo(photo)).sha256);
  await server.violation({ ...queued.body, at: queued.at, photos });
}

/** Whether the next may be tried: a server that is away, or a session that has ended, refuses them all. */
function mayGoOn(error: unknown): error is Problem {
  return error instanceof Problem && !error.isTemporary && error.status >= 400 && error.status !== 401 && error.status !== 429 && error.status < 500;
}

/** Send what waits, oldest first. True: something has changed on the shelf. */
export async function sendAll(shelf: Shelf, server: Server): Promise<boolean> {
  let isChanged = false;
  for (const queued of [...(await shelf.all())].sort((one, other) => one.at.localeCompare(other.at))) {
    if (queued.refused !== undefined) continue;
    try {
      await deliver(queued, server);
      await shelf.drop(queued.id);
    } catch (error) {
      if (!mayGoOn(error)) {
        if (error instanceof Problem) break;
        throw error;
      }
      await shelf.put({ ...queued, refused: error.message });
    }
    isChanged = true;
  }
  return isChanged;
}
